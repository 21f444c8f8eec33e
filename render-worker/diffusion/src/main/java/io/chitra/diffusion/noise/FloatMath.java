package io.chitra.diffusion.noise;

/**
 * Logarithm, sine and cosine in float32, with the polynomials of Moshier's Cephes library and the
 * operations that PyTorch's {@code aten/src/ATen/native/cpu/avx_mathfun.h} compiles to: equal bits
 * on every machine.
 */
final class FloatMath {

  private static final float SQRT_HALF = 0.70710677f;
  private static final float[] LOG = {
    7.0376836292e-2f,
    -1.1514610310e-1f,
    1.1676998740e-1f,
    -1.2420140846e-1f,
    1.4249322787e-1f,
    -1.6668057665e-1f,
    2.0000714765e-1f,
    -2.4999993993e-1f,
    3.3333331174e-1f
  };
  private static final float LOG_2_LOW = -2.12194440e-4f;
  private static final float LOG_2_HIGH = 0.693359375f;
  private static final float[] SIN = {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f};
  private static final float[] COS = {
    2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f
  };
  private static final float FOUR_OVER_PI = 1.27323954473516f;

  /** -pi / 4 in three parts, each of few bits. */
  private static final float[] MINUS_QUARTER_PI = {
    -0.78515625f, -2.4187564849853515625e-4f, -3.77489497744594108e-8f
  };

  private FloatMath() {}

  /** The natural logarithm of a normal number above 0. */
  static float log(float x) {
    int exponent = Math.getExponent(x) + 1;
    float mantissa = Math.scalb(x, -exponent); // 0.5 to 1
    if (mantissa < SQRT_HALF) {
      exponent--;
      mantissa += mantissa;
    }
    float m = mantissa - 1;
    float square = m * m;
    float y = polynomial(LOG, m) * m;
    y = Math.fma(y, square, exponent * LOG_2_LOW);
    y = Math.fma(-square, 0.5f, y);
    return Math.fma(exponent, LOG_2_HIGH, m + y);
  }

  /** The sine of an angle from 0 to 2 pi. */
  static float sin(float x) {
    int octant = octant(x);
    float value = (octant & 2) == 0 ? sinReduced(x, octant) : cosReduced(x, octant);
    return (octant & 4) == 0 ? value : -value;
  }

  /** The cosine of an angle from 0 to 2 pi. */
  static float cos(float x) {
    int octant = octant(x);
    float value = (octant & 2) == 0 ? cosReduced(x, octant) : sinReduced(x, octant);
    return ((octant - 2) & 4) == 0 ? -value : value;
  }

  /** The nearest even multiple of pi / 4. */
  private static int octant(float x) {
    return ((int) (x * FOUR_OVER_PI) + 1) & ~1;
  }

  private static float reduce(float x, int octant) {
    float reduced = x;
    for (float part : MINUS_QUARTER_PI) {
      reduced = Math.fma(octant, part, reduced);
    }
    return reduced;
  }

  private static float sinReduced(float x, int octant) {
    float r = reduce(x, octant);
    float square = r * r;
    return Math.fma(polynomial(SIN, square) * square, r, r);
  }

  private static float cosReduced(float x, int octant) {
    float r = reduce(x, octant);
    float square = r * r;
    return Math.fma(polynomial(COS, square) * square, square, -(square * 0.5f)) + 1;
  }

  private static float polynomial(float[] coefficients, float x) {
    float sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = Math.fma(sum, x, coefficients[i]);
    }
    return sum;
  }
}
