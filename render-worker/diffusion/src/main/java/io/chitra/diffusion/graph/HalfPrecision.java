package io.chitra.diffusion.graph;

/** IEEE 754's binary16 and bfloat16, as bits in a short. */
public final class HalfPrecision {

  private HalfPrecision() {}

  /** The value of a binary16, exactly. */
  public static float toFloat(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  /** The nearest binary16, ties to even; infinity from 65520 on. */
  public static short fromFloat(float value) {
    int bits = Float.floatToIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      // as many units of the smallest subnormal as there are, rounded by the addition
      return (short) (sign | (Float.floatToIntBits(magnitude + 0.5f) - Float.floatToIntBits(0.5f)));
    }
    int magnitudeBits = bits & 0x7fff_ffff;
    int tiesToEven = 0xfff + ((magnitudeBits >> 13) & 1);
    return (short) (sign | (((magnitudeBits + tiesToEven) >> 13) - (112 << 10)));
  }

  /** The value of a bfloat16, exactly. */
  public static float bfloat16ToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
