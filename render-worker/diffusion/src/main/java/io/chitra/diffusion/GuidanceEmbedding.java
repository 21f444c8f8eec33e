package io.chitra.diffusion;

/**
 * The guidance scale as a distilled model takes it: a sinusoidal embedding of ω = scale - 1 (Luo et
 * al., 2023, "Latent Consistency Models", after Kingma et al., "Variational Diffusion Models").
 */
final class GuidanceEmbedding {

  private GuidanceEmbedding() {}

  /**
   * sin and cos of 1000 ω at {@code size / 2} frequencies from 1 down to 1/10000; 0 at an odd end.
   */
  static float[] of(double scale, int size) {
    int half = size / 2;
    float omega = (float) (scale - 1) * 1000f;
    float step = (float) -(StrictMath.log(10_000) / (half - 1));
    float[] embedding = new float[size];
    for (int i = 0; i < half; i++) {
      float angle = omega * (float) StrictMath.exp(i * step);
      embedding[i] = (float) StrictMath.sin(angle);
      embedding[half + i] = (float) StrictMath.cos(angle);
    }
    return embedding;
  }
}
