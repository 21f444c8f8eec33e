package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chitra.diffusion.onnx.Device;
import io.chitra.diffusion.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What models take of the process's memory, they give back. */
class ModelMemoryTest {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int AT_ONCE = 60;
  private static final int CYCLES = 500;

  /**
   * In a JVM of its own, whose heap is all taken at the start, so that the process grows by native
   * memory alone. Measured against itself: a leak of each cycle would take several times what
   * {@code AT_ONCE} models do.
   */
  @Test
  void isFlatOver500CyclesOfLoadingAndClosing() throws Exception {
    assumeTrue(Files.isReadable(STATUS), "this system does not tell");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms200m",
                "-Xmx200m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                System.getProperty("java.class.path"),
                ModelMemoryTest.class.getName(),
                Folders.tiny("steps").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), out);
    String[] kibibytes = out.lines().reduce((first, last) -> last).orElse("").split(" ");
    long taken = Long.parseLong(kibibytes[0]);
    long grown = Long.parseLong(kibibytes[1]);
    assertTrue(
        grown < taken,
        "%d models at once took %d KiB, %d one after the other %d KiB more"
            .formatted(AT_ONCE, taken, CYCLES, grown));
  }

  /** Prints what the models took at once, and by how much the process grew over the cycles. */
  public static void main(String[] args) throws Exception {
    OnnxRuntime runtime = new OnnxRuntime(new Device.Cpu(), 1);
    ModelSetup setup = ModelSetup.of(ModelFolder.open(Path.of(args[0])));
    new LoadedModel(runtime, setup, 1, new Counters()).close();
    long before = residentKibibytes();
    List<LoadedModel> open = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      open.add(new LoadedModel(runtime, setup, 1, new Counters()));
    }
    long taken = residentKibibytes() - before;
    open.forEach(LoadedModel::close);
    long settled = residentKibibytes();
    for (int i = 0; i < CYCLES; i++) {
      new LoadedModel(runtime, setup, 1, new Counters()).close();
    }
    System.out.println(taken + " " + (residentKibibytes() - settled));
  }

  private static long residentKibibytes() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
