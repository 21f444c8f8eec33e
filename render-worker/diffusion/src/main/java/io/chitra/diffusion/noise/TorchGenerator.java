package io.chitra.diffusion.noise;

/**
 * {@code torch.Generator("cpu").manual_seed(seed)}: standard normal float32 values in the order
 * torch draws them, with the bits that torch has on a CPU with AVX2, on every machine.
 *
 * <p>As PyTorch's {@code aten/src/ATen/native/cpu/DistributionTemplates.h} does, both by Box and
 * Muller: below 16 values in double, two values a draw, the second kept for the next draw; from 16
 * values in float, in blocks of 16. One generator a picture; not thread-safe.
 */
public final class TorchGenerator {

  private static final int BLOCK = 16;
  private static final float TWO_PI = 2f * (float) Math.PI;

  private final Mt19937 bits;
  private double kept = Double.NaN;

  /**
   * @param seed 0 to 2^32 - 1
   */
  public TorchGenerator(long seed) {
    if (seed < 0 || seed > 0xffff_ffffL) {
      throw new IllegalArgumentException(
          "Cannot seed a generator with %d: seeds go from 0 to 4294967295".formatted(seed));
    }
    this.bits = new Mt19937((int) seed);
  }

  /** {@code torch.randn} of this many values, flattened. */
  public float[] randn(int size) {
    float[] values = new float[size];
    if (size < BLOCK) {
      for (int i = 0; i < size; i++) {
        values[i] = (float) nextNormal();
      }
      return values;
    }
    for (int i = 0; i < size; i++) {
      values[i] = nextUniform();
    }
    for (int at = 0; at + BLOCK <= size; at += BLOCK) {
      boxMuller(values, at);
    }
    if (size % BLOCK != 0) {
      int last = size - BLOCK;
      for (int i = last; i < size; i++) {
        values[i] = nextUniform();
      }
      boxMuller(values, last);
    }
    return values;
  }

  /**
   * 16 uniform values in place to 16 normal ones: the first half gives radii, the second half
   * angles.
   */
  private static void boxMuller(float[] values, int at) {
    for (int j = at; j < at + BLOCK / 2; j++) {
      float radius = (float) Math.sqrt(-2f * FloatMath.log(1f - values[j]));
      float theta = TWO_PI * values[j + BLOCK / 2];
      values[j] = radius * FloatMath.cos(theta);
      values[j + BLOCK / 2] = radius * FloatMath.sin(theta);
    }
  }

  private double nextNormal() {
    if (!Double.isNaN(kept)) {
      double value = kept;
      kept = Double.NaN;
      return value;
    }
    double theta = 2 * Math.PI * nextDoubleUniform();
    double radius = StrictMath.sqrt(-2 * StrictMath.log1p(-nextDoubleUniform()));
    kept = radius * StrictMath.sin(theta);
    return radius * StrictMath.cos(theta);
  }

  /** 24 bits in [0, 1). */
  private float nextUniform() {
    return (bits.nextInt() & 0xffffff) * 0x1p-24f;
  }

  /** 53 bits in [0, 1); the first word is the upper one. */
  private double nextDoubleUniform() {
    long upper = Integer.toUnsignedLong(bits.nextInt());
    long lower = Integer.toUnsignedLong(bits.nextInt());
    return (((upper << 32) | lower) & ((1L << 53) - 1)) * 0x1p-53;
  }
}
