package io.chitra.diffusion.score;

/** Vectors of embeddings. Sums are in double, in the order of the values. */
public final class Vectors {

  private Vectors() {}

  /** Makes a vector as long as 1; one of zeros stays. */
  static void normalize(float[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    if (length > 0) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) (vector[i] / length);
      }
    }
  }

  /** Of two unit vectors: their cosine. */
  public static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
