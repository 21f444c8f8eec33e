package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/** How predicted clean samples are kept within a range. */
@FunctionalInterface
interface Clipping {

  Clipping NONE = original -> {};

  /** Changes a predicted clean sample in place. */
  void apply(float[] original);

  /** {@code clip_sample} to {@code clip_sample_range}. */
  static Clipping toRange(ConfigFile config, boolean clippedByDefault) throws DiffusionException {
    float range = (float) config.number("clip_sample_range", 1);
    if (!config.flag("clip_sample", clippedByDefault)) {
      return NONE;
    }
    return original -> {
      for (int i = 0; i < original.length; i++) {
        original[i] = Math.min(Math.max(original[i], -range), range);
      }
    };
  }

  /** {@code thresholding}. */
  static Clipping byThreshold(ConfigFile config) throws DiffusionException {
    DynamicThresholding thresholding = DynamicThresholding.from(config);
    return config.flag("thresholding", false) ? thresholding : NONE;
  }

  /** {@code thresholding}, or else {@code clip_sample}. */
  static Clipping byThresholdOrToRange(ConfigFile config, boolean clippedByDefault)
      throws DiffusionException {
    Clipping threshold = byThreshold(config);
    return threshold == NONE ? toRange(config, clippedByDefault) : threshold;
  }
}
