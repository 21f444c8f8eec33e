package io.chitra.diffusion.scheduler;

/**
 * What the UNet predicts: the noise, the clean sample, or v = alpha * noise - sigma * sample
 * (Salimans and Ho, 2022).
 */
enum PredictionType {
  EPSILON,
  SAMPLE,
  V_PREDICTION
}
