package io.chitra.diffusion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The GPUs of this machine, as far as kernels are chosen by them. */
final class Gpu {

  /** Where NVIDIA's driver tells of each GPU. */
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/gpus");

  private static final String MODEL = "Model:";

  private Gpu() {}

  /**
   * As {@code gpu NVIDIA H100 80GB HBM3}; all models where there are several, since CUDA may number
   * them in another order than the driver.
   */
  static String describe() {
    return "gpu " + models(DRIVER);
  }

  static String models(Path driver) {
    TreeSet<String> models = new TreeSet<>();
    try (Stream<Path> gpus = Files.list(driver)) {
      for (Path gpu : gpus.toList()) {
        models.addAll(models(Files.readAllLines(gpu.resolve("information"))));
      }
    } catch (IOException e) {
      return "unknown";
    }
    return models.isEmpty() ? "unknown" : String.join(", ", models);
  }

  private static List<String> models(List<String> information) {
    return information.stream()
        .filter(line -> line.startsWith(MODEL))
        .map(line -> line.substring(MODEL.length()).strip())
        .toList();
  }
}
