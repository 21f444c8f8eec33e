package io.chitra.diffusion;

/**
 * How strongly the prompt steers.
 *
 * @param scale of classifier-free guidance (Ho and Salimans, 2022); none at 1 and below
 * @param rescale φ of Lin et al. (2023), section 3.4: 0 to 1, how much of the contrast that
 *     guidance adds is taken back
 */
public record Guidance(double scale, double rescale) {

  public static Guidance of(double scale) {
    return new Guidance(scale, 0);
  }

  /**
   * Turns the model's output without the prompt into the guided one, in place.
   *
   * @param withPrompt the output with the prompt
   */
  void apply(float[] output, float[] withPrompt) {
    float weight = (float) scale;
    for (int i = 0; i < output.length; i++) {
      output[i] = output[i] + weight * (withPrompt[i] - output[i]);
    }
    if (rescale > 0) {
      float factor = standardDeviation(withPrompt) / standardDeviation(output);
      float share = (float) rescale;
      float rest = (float) (1 - rescale);
      for (int i = 0; i < output.length; i++) {
        output[i] = share * (output[i] * factor) + rest * output[i];
      }
    }
  }

  private static float standardDeviation(float[] values) {
    double mean = 0;
    for (float value : values) {
      mean += value;
    }
    mean /= values.length;
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return (float) Math.sqrt(squares / (values.length - 1));
  }
}
