package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine whose process may have less memory than its rows need goes on with fewer of them. The
 * processes are real ones, and so is the limit: between what few rows take and what all take.
 */
@EnabledOnOs(OS.LINUX)
class OutOfMemoryTest {

  private static final int ROWS = 32;
  private static final int SIDE = 768;

  @TempDir private Path dir;

  @Test
  void goesOnWithFewerRowsAndThePicturesAreTheSame() throws Exception {
    JsonNode few = render("unlimited", Bucket.FEWEST_ROWS);
    JsonNode all = render("unlimited", ROWS);
    assertEquals(few.get("pictures"), all.get("pictures"));
    assertEquals(0, all.get("out_of_memory").asInt());
    long fewKib = few.get("peak_kib").asLong();
    long allKib = all.get("peak_kib").asLong();
    assertTrue(allKib > fewKib + 100_000, "%d KiB, %d KiB".formatted(fewKib, allKib));

    JsonNode limited = render(Long.toString((fewKib + allKib) / 2), ROWS);
    assertEquals(few.get("pictures"), limited.get("pictures"));
    assertTrue(limited.get("out_of_memory").asInt() >= 1, limited.toString());
    assertTrue(limited.get("rows").asInt() < ROWS, limited.toString());
    int probed = limited.get("probed_rows").asInt();
    assertTrue(probed >= Bucket.FEWEST_ROWS && probed < ROWS, limited.toString());
    assertEquals(RowProbe.MOST_ROWS, all.get("probed_rows").asInt());
  }

  /** Renders in a process of its own with so many KiB of address space. */
  private JsonNode render(String limit, int rows) throws IOException, InterruptedException {
    Path out = Files.createTempFile(dir, "out", ".json");
    Path log = Files.createTempFile(dir, "log", ".txt");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "ulimit -v " + limit + " && exec \"$@\"", "limited"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Child.class.getName(), Integer.toString(rows), out.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    Process process = builder.redirectOutput(log.toFile()).start();
    assertEquals(0, process.waitFor(), () -> read(log));
    return new JsonMapper().readTree(out.toFile());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Renders with so many rows, and writes what came and how much memory it took. */
  static final class Child {

    private static final int TRIES = 3;

    private Child() {}

    public static void main(String[] args) throws Exception {
      ModelSetup model = ModelSetup.of(ModelFolder.open(Folders.tiny("steps")));
      EngineOptions options =
          EngineOptions.defaults().withThreads(1).withRows(Integer.parseInt(args[0]));
      Map<String, Object> outcome = new LinkedHashMap<>();
      try (Engine engine = Engine.start(options)) {
        List<RenderRequest> requests = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
          RenderRequest request = Requests.withSize(Requests.tiny(i), SIDE, SIDE);
          requests.add(Requests.withSteps(request, 2 + i % 5));
        }
        List<CompletableFuture<Picture>> futures =
            requests.stream().map(request -> render(engine, model, request, TRIES)).toList();
        List<String> pictures = new ArrayList<>();
        for (CompletableFuture<Picture> future : futures) {
          pictures.add(future.get().pixelSha256());
        }
        outcome.put("pictures", pictures);
        outcome.put("out_of_memory", engine.stats().outOfMemory());
        outcome.put("rows", engine.stats().rows());
      }
      outcome.put("peak_kib", peakKib());
      if (options.rows() == ROWS) {
        outcome.put("probed_rows", RowProbe.rows(options, model, SIDE, SIDE));
      }
      new JsonMapper().writeValue(Path.of(args[1]).toFile(), outcome);
    }

    /** As a worker does it: a picture that found no memory is asked for again. */
    private static CompletableFuture<Picture> render(
        Engine engine, ModelSetup model, RenderRequest request, int triesLeft) {
      return engine
          .render(model, request)
          .exceptionallyComposeAsync(
              failure ->
                  triesLeft > 1
                      ? render(engine, model, request, triesLeft - 1)
                      : CompletableFuture.failedFuture(failure));
    }

    /** The most address space that this process has had. */
    private static long peakKib() throws IOException {
      try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
        String peak = lines.filter(line -> line.startsWith("VmPeak:")).findFirst().orElseThrow();
        return Long.parseLong(peak.replaceAll("[^0-9]", ""));
      }
    }
  }
}
