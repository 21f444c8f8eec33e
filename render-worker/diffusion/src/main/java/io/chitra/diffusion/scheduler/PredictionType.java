package io.chitra.diffusion.scheduler;

/**
 * What the UNet predicts: the noise, the clean sample, or v = alpha * noise - sigma * sample
 * (Salimans and Ho, 2022).
 */
enum PredictionType {
  EPSILON,
  SAMPLE,
  V_PREDICTION;

  /** The clean samples x_0 of samples x_t = alpha x_0 + sigma epsilon. */
  float[] originals(float[] modelOutput, float[] sample, float alpha, float sigma) {
    float[] originals = new float[sample.length];
    for (int i = 0; i < originals.length; i++) {
      originals[i] =
          switch (this) {
            case EPSILON -> (sample[i] - sigma * modelOutput[i]) / alpha;
            case SAMPLE -> modelOutput[i];
            case V_PREDICTION -> alpha * sample[i] - sigma * modelOutput[i];
          };
    }
    return originals;
  }

  /** The noise epsilon of samples x_t = alpha x_0 + sigma epsilon. */
  float[] epsilons(float[] modelOutput, float[] sample, float alpha, float sigma) {
    float[] epsilons = new float[sample.length];
    for (int i = 0; i < epsilons.length; i++) {
      epsilons[i] =
          switch (this) {
            case EPSILON -> modelOutput[i];
            case SAMPLE -> (sample[i] - alpha * modelOutput[i]) / sigma;
            case V_PREDICTION -> alpha * modelOutput[i] + sigma * sample[i];
          };
    }
    return epsilons;
  }

  /** The clean samples x_0 of samples x = x_0 + sigma epsilon, which the model saw scaled. */
  float[] originals(float[] modelOutput, float[] sample, float sigma) {
    float square = sigma * sigma + 1;
    float outputScale = -sigma / Numpy.sqrt(square);
    float[] originals = new float[sample.length];
    for (int i = 0; i < originals.length; i++) {
      originals[i] =
          switch (this) {
            case EPSILON -> sample[i] - sigma * modelOutput[i];
            case SAMPLE -> modelOutput[i];
            case V_PREDICTION -> modelOutput[i] * outputScale + sample[i] / square;
          };
    }
    return originals;
  }
}
