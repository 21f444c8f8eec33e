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
   * {@code torch.linspace(start, stop, count, dtype=torch.float32)}: from both ends to the middle,
   * with one rounding a value.
   */
  static float[] torchLinspace(float start, float stop, int count) {
    float[] values = new float[count];
    float step = (stop - start) / (count - 1);
    for (int i = 0; i < count; i++) {
      values[i] = i < count / 2 ? Math.fma(step, i, start) : Math.fma(-step, count - 1 - i, stop);
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
  static double[] interpolate(float[] x, float[] values) {
    double[] interpolated = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      interpolated[i] = interpolate(x[i], values);
    }
    return interpolated;
  }

  private static double interpolate(float x, float[] values) {
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

  static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Rounded half to even. */
  static float[] rounded(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) Math.rint(values[i]);
    }
    return rounded;
  }

  /** Without the digits after the point. */
  static float[] truncated(double[] values) {
    float[] truncated = new float[values.length];
    for (int i = 0; i < truncated.length; i++) {
      truncated[i] = (int) values[i];
    }
    return truncated;
  }

  /**
   * {@code torch.linalg.solve(a, b)} of a small system: elimination with the largest pivot. Uses up
   * both arrays.
   */
  static float[] solve(float[][] a, float[] b) {
    int n = b.length;
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int row = column + 1; row < n; row++) {
        if (Math.abs(a[row][column]) > Math.abs(a[pivot][column])) {
          pivot = row;
        }
      }
      swap(a, b, column, pivot);
      for (int row = column + 1; row < n; row++) {
        float factor = a[row][column] / a[column][column];
        for (int k = column; k < n; k++) {
          a[row][k] -= factor * a[column][k];
        }
        b[row] -= factor * b[column];
      }
    }
    for (int row = n - 1; row >= 0; row--) {
      for (int k = row + 1; k < n; k++) {
        b[row] -= a[row][k] * b[k];
      }
      b[row] /= a[row][row];
    }
    return b;
  }

  private static void swap(float[][] a, float[] b, int i, int j) {
    float[] row = a[i];
    a[i] = a[j];
    a[j] = row;
    float value = b[i];
    b[i] = b[j];
    b[j] = value;
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

  static float expm1(float x) {
    return (float) StrictMath.expm1(x);
  }
}
