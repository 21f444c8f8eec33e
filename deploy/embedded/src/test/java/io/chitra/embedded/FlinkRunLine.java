package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.StackAddresses;
import io.chitra.worker.topology.WorkerMain;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.client.cli.DefaultCLI;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;

/** A {@code flink run} line as a person takes it from a terminal, run by Flink's own client. */
final class FlinkRunLine {

  private static final String JAR = "chitra-flink-job.jar";
  private static final Pattern LINE = Pattern.compile("flink run (?:.*\\\\\n)*.*");

  private final StackAddresses cluster;
  private final Path folder;

  /**
   * @param cluster whose job manager gets the job
   * @param folder for the jar
   */
  FlinkRunLine(StackAddresses cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /**
   * Waits until the job has ended well. The secrets, which are not printed, are added.
   *
   * @param said the line, among others
   */
  void run(String said) throws Exception {
    Matcher found = LINE.matcher(said);
    assertTrue(found.find(), said);
    String line = found.group();
    List<String> words = new ArrayList<>(List.of(line.replace("\\\n", " ").strip().split("\\s+")));
    assertEquals("flink", words.remove(0), line);
    int jar = words.indexOf(JAR);
    assertTrue(jar > 0, line);
    words.set(jar, jar().toString());
    words.addAll(
        List.of(
            "--chitra.s3.access-key",
            cluster.accessKey(),
            "--chitra.s3.secret-key",
            cluster.secretKey()));
    Configuration flink = new Configuration();
    flink.set(RestOptions.ADDRESS, cluster.flinkUi().getHost());
    flink.set(RestOptions.PORT, cluster.flinkUi().getPort());
    CliFrontend client = new CliFrontend(flink, List.of(new DefaultCLI()));
    assertEquals(0, client.parseAndRun(words.toArray(String[]::new)), line);
  }

  /** The worker's classes; what they use is in the class path of the cluster. */
  private Path jar() throws Exception {
    Path classes =
        Path.of(WorkerMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(classes)) {
      return classes;
    }
    Path jar = folder.resolve(JAR);
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file);
        Stream<Path> paths = Files.walk(classes.resolve("io/chitra/worker"))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(path).toString()));
        Files.copy(path, out);
      }
    }
    return jar;
  }
}
