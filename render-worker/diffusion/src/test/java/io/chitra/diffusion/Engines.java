package io.chitra.diffusion;

import io.chitra.diffusion.onnx.Device;
import org.junit.jupiter.api.Assumptions;

/**
 * Engines of tests: on the CPU, or where {@code -Dchitra.test.device=cuda} is set (with the build
 * profile {@code cuda}) on a GPU.
 */
final class Engines {

  private static final Device DEVICE =
      Device.parse(System.getProperty("chitra.test.device", "cpu"));

  private Engines() {}

  static EngineOptions options() {
    return EngineOptions.defaults().withDevice(DEVICE);
  }

  /** How many levels of 255 a picture may be away from PyTorch's on a CPU. */
  static int tolerance() {
    return DEVICE instanceof Device.Cpu ? 1 : 2;
  }

  static void assumeGpu() {
    Assumptions.assumeTrue(DEVICE instanceof Device.Cuda, "only on a GPU");
  }

  static void assumeCpu() {
    Assumptions.assumeTrue(DEVICE instanceof Device.Cpu, "only on a CPU");
  }
}
