package io.chitra.embedded;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of a stack that runs, on the class path of this JVM. It ends when its input does: by
 * {@link #stop}, or with this JVM. Safe for use by several threads.
 */
final class ChildProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

  /** What every process of Chitra needs; as in the launcher. */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-Xshare:auto",
          "-Xlog:cds=off",
          "-Xlog:cds+dynamic=off",
          "-Djava.awt.headless=true",
          "-Dfile.encoding=UTF-8",
          "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.chitra.schemas",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED");

  private static final String ARCHIVE = "-XX:SharedArchiveFile=";
  private static final Duration STOP = Duration.ofSeconds(25);

  private final String name;
  private final Process process;
  private final PidFile pidFile;
  private final Path reason;

  private ChildProcess(String name, Process process, PidFile pidFile, Path reason) {
    this.name = name;
    this.process = process;
    this.pidFile = pidFile;
    this.reason = reason;
  }

  /**
   * Starts one.
   *
   * @param options of its JVM, besides those that all have
   */
  static ChildProcess start(StateFolder state, ChildSettings settings, List<String> options)
      throws IOException {
    Path folder = state.processes();
    String name = settings.name();
    Path settingsFile = folder.resolve(name + ".json");
    Path arguments = folder.resolve(name + ".args");
    Path reason = folder.resolve(name + ".reason");
    Files.createDirectories(state.logs());
    Folders.createPrivately(folder);
    Files.deleteIfExists(reason);
    settings.write(settingsFile);
    // A class path of hundreds of jars would fill the list of processes.
    Files.writeString(
        arguments,
        arguments(state, name, options, settingsFile, reason).stream()
            .map(ChildProcess::quoted)
            .collect(Collectors.joining("\n", "", "\n")));
    File output = state.logs().resolve(name + ".out").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + arguments)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
            .start();
    PidFile pidFile = pidFile(state, name);
    try {
      pidFile.write(process.toHandle());
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    return new ChildProcess(name, process, pidFile, reason);
  }

  static PidFile pidFile(StateFolder state, String name) {
    return new PidFile(state.processes().resolve(name + ".pid"));
  }

  private static List<String> arguments(
      StateFolder state, String name, List<String> options, Path settings, Path reason) {
    List<String> all = new ArrayList<>(JVM);
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith(ARCHIVE))
        .forEach(all::add);
    all.addAll(options);
    all.add("-Dchitra.logs=" + state.logs());
    all.add("-Dchitra.log=" + name);
    all.add("-cp");
    all.add(System.getProperty("java.class.path"));
    all.add(ChildMain.class.getName());
    all.add(settings.toString());
    all.add(reason.toString());
    return all;
  }

  /** As argument files of Java have it. */
  private static String quoted(String argument) {
    return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  long pid() {
    return process.pid();
  }

  /** Waits for its end, and returns its exit code. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Why it has ended, as far as it could still say. */
  Optional<String> reason() {
    try {
      return Optional.of(Files.readString(reason).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("Cannot read {}", reason, e);
      return Optional.empty();
    }
  }

  /** Asks it to end, waits, and ends it where it does not. */
  void stop() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.debug("{} has ended", name, e);
    }
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("{} did not end in {} and is killed", name, STOP);
        process.destroyForcibly().waitFor();
      }
      pidFile.delete();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("Cannot delete {}", pidFile, e);
    }
  }
}
