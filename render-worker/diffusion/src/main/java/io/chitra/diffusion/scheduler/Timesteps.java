package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.Arrays;

/**
 * How inference timesteps lie among the training's. All are given from the noisiest down, whole
 * ones rounded half to even, as numpy rounds.
 *
 * @param spacing {@code timestep_spacing}
 * @param stepsOffset {@code steps_offset}, added where the spacing is leading
 * @param trained the number of training's timesteps
 */
record Timesteps(TimestepSpacing spacing, int stepsOffset, int trained) {

  static Timesteps from(ConfigFile config, TimestepSpacing absent, int trained)
      throws DiffusionException {
    return new Timesteps(
        config.oneOf("timestep_spacing", absent), config.integer("steps_offset", 0), trained);
  }

  /**
   * Whole timesteps of training.
   *
   * @throws DiffusionException when rounding or the offset puts one outside of training
   */
  float[] whole(String scheduler, int steps) throws DiffusionException {
    float[] timesteps =
        switch (spacing) {
          case LINSPACE -> rounded(Numpy.linspace(0, trained - 1, steps));
          case LEADING -> leading(steps, steps - 1, trained / steps);
          case TRAILING -> trailing(steps, trained);
        };
    for (float timestep : timesteps) {
      if (timestep < 0 || timestep >= trained) {
        throw DiffusionException.permanent(
            "Cannot do %d steps with %s: that puts one at timestep %d, outside of 0 to %d; use another number of steps"
                .formatted(steps, scheduler, (int) timestep, trained - 1));
      }
    }
    return timesteps;
  }

  /** Timesteps that may lie between two of training. */
  float[] fractional(int steps) {
    return switch (spacing) {
      case LINSPACE -> descending(Numpy.linspace(0, trained - 1, steps));
      case LEADING -> leading(steps, steps - 1, trained / steps);
      case TRAILING -> trailing(steps, trained);
    };
  }

  /**
   * Whole timesteps at the noisy ends of equal intervals.
   *
   * @param last the number of training's timesteps that are used
   */
  float[] intervals(int steps, int last) {
    return switch (spacing) {
      case LINSPACE -> Arrays.copyOf(rounded(Numpy.linspace(0, last - 1, steps + 1)), steps);
      case LEADING -> leading(steps, steps, last / (steps + 1));
      case TRAILING -> trailing(steps, last);
    };
  }

  private static float[] descending(double[] ascending) {
    float[] timesteps = new float[ascending.length];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = (float) ascending[timesteps.length - 1 - i];
    }
    return timesteps;
  }

  private static float[] rounded(double[] ascending) {
    for (int i = 0; i < ascending.length; i++) {
      ascending[i] = Math.rint(ascending[i]);
    }
    return descending(ascending);
  }

  /** Multiples of a stride, moved up by the offset. */
  private float[] leading(int count, int highest, int stride) {
    float[] timesteps = new float[count];
    for (int i = 0; i < count; i++) {
      timesteps[i] = (highest - i) * stride + stepsOffset;
    }
    return timesteps;
  }

  private float[] trailing(int steps, int last) {
    double[] values = Numpy.arangeDown(last, (double) trained / steps);
    float[] timesteps = new float[values.length];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = (float) Math.rint(values[i]) - 1;
    }
    return timesteps;
  }
}
