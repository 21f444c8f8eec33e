package io.chitra.diffusion.scheduler;

/**
 * Whole timesteps in the order of inference, from the noisiest down. Rounded half to even, as numpy
 * rounds.
 */
final class Timesteps {

  private Timesteps() {}

  /** Ascending values, rounded and turned round. */
  static int[] descending(double[] ascending) {
    int[] timesteps = new int[ascending.length];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = (int) Math.rint(ascending[timesteps.length - 1 - i]);
    }
    return timesteps;
  }

  /** 0, stride, 2 stride, ... moved up by an offset. */
  static int[] leading(int count, int stride, int offset) {
    int[] timesteps = new int[count];
    for (int i = 0; i < count; i++) {
      timesteps[i] = (count - 1 - i) * stride + offset;
    }
    return timesteps;
  }

  /** From the last of training down by strides. */
  static int[] trailing(int trained, double stride) {
    double[] values = Numpy.arangeDown(trained, stride);
    int[] timesteps = new int[values.length];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = (int) Math.rint(values[i]) - 1;
    }
    return timesteps;
  }

  static double[] toDoubles(int[] timesteps) {
    double[] values = new double[timesteps.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = timesteps[i];
    }
    return values;
  }
}
