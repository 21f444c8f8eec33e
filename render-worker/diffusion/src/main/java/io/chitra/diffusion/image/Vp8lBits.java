package io.chitra.diffusion.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bits from the lowest of each byte on, as lossless WebP packs them. For one thread. */
final class Vp8lBits {

  private final ByteBuffer data;
  private int buffer;
  private int count;

  /**
   * @param data read from its position to its limit
   */
  Vp8lBits(ByteBuffer data) {
    this.data = data.slice();
  }

  /** An unsigned number of at most 24 bits, its lowest bit first. */
  int number(int bits) throws IOException {
    while (count < bits) {
      if (!data.hasRemaining()) {
        throw new IOException("the data end too early");
      }
      buffer |= (data.get() & 0xff) << count;
      count += 8;
    }
    int number = buffer & (1 << bits) - 1;
    buffer >>>= bits;
    count -= bits;
    return number;
  }

  boolean flag() throws IOException {
    return number(1) == 1;
  }
}
