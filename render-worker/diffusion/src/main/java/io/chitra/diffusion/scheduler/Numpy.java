package io.chitra.diffusion.scheduler;

/** The few functions of numpy and torch that schedules are made with, with their rounding. */
final class Numpy {

  private Numpy() {}

  /** {@code np.linspace(start, stop, count)}. */
  static double[] linspace(double start, double stop, int count) {
    double[] values = new double[count];
    double step = count > 1 ? (stop - start) / (count - 1) : 0;
    for (int i = 0; i < count; i++) {
      values[i] = i * step + start;
    }
    if (count > 1) {
      values[count - 1] = stop;
    }
    return values;
  }

  /**
   * {@code torch.linspace(start, stop, count, dtype=torch.float32)}: from both ends to the middle.
   */
  static float[] torchLinspace(float start, float stop, int count) {
    float[] values = new float[count];
    float step = (stop - start) / (count - 1);
    for (int i = 0; i < count; i++) {
      values[i] = i < count / 2 ? start + step * i : stop - step * (count - 1 - i);
    }
    return values;
  }

  /** {@code np.arange(start, 0, -step)}. */
  static double[] arangeDown(double start, double step) {
    double[] values = new double[(int) Math.ceil(start / step)];
    double delta = (start - step) - start;
    for (int i = 0; i < values.length; i++) {
      values[i] = start + i * delta;
    }
    return values;
  }

  /** {@code np.interp(x, np.arange(len(values)), values)}. */
  static double interpolate(double x, float[] values) {
    if (x <= 0) {
      return values[0];
    }
    if (x >= values.length - 1) {
      return values[values.length - 1];
    }
    int low = (int) x;
    double slope = (double) values[low + 1] - values[low];
    return slope * (x - low) + values[low];
  }

  static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  static float log(float x) {
    return (float) StrictMath.log(x);
  }

  static float exp(float x) {
    return (float) StrictMath.exp(x);
  }
}
