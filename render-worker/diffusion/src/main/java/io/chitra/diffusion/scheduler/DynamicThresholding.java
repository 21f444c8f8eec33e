package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.Arrays;

/**
 * Pulls a predicted clean sample into a range that a percentile of its own values decides: Saharia
 * et al. (2022), arXiv 2205.11487.
 *
 * @param ratio the percentile, 0 to 1
 * @param sampleMaxValue the widest range
 */
record DynamicThresholding(float ratio, float sampleMaxValue) implements Clipping {

  static DynamicThresholding from(ConfigFile config) throws DiffusionException {
    double ratio = config.number("dynamic_thresholding_ratio", 0.995);
    if (!(ratio >= 0 && ratio <= 1)) {
      throw config.unsupported("dynamic_thresholding_ratio", "0 to 1");
    }
    return new DynamicThresholding((float) ratio, (float) config.number("sample_max_value", 1));
  }

  @Override
  public void apply(float[] sample) {
    float[] sorted = new float[sample.length];
    for (int i = 0; i < sample.length; i++) {
      sorted[i] = Math.abs(sample[i]);
    }
    Arrays.sort(sorted);
    float s = Math.min(Math.max(quantile(sorted), 1), sampleMaxValue);
    for (int i = 0; i < sample.length; i++) {
      sample[i] = Math.min(Math.max(sample[i], -s), s) / s;
    }
  }

  /** {@code torch.quantile}, linear between neighbours. */
  private float quantile(float[] sorted) {
    float rank = ratio * (sorted.length - 1);
    int below = (int) rank;
    float low = sorted[below];
    float high = sorted[Math.min(below + 1, sorted.length - 1)];
    float weight = rank - below;
    return weight < 0.5f ? low + weight * (high - low) : high - (high - low) * (1 - weight);
  }
}
