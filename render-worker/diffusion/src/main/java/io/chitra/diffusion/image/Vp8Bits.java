package io.chitra.diffusion.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The boolean entropy decoder of VP8 (RFC 6386, section 7). For one thread. */
final class Vp8Bits {

  private static final int HALF = 128;

  private final ByteBuffer data;
  private int range = 255;
  private int value;
  private int spareBits = -8; // of value, beyond the 8 that are compared

  /**
   * @param data read from its position to its limit
   */
  Vp8Bits(ByteBuffer data) {
    this.data = data.slice();
  }

  /** 0 with the given probability in 256ths, else 1. */
  int bit(int probability) throws IOException {
    if (spareBits < 0) {
      if (!data.hasRemaining()) {
        throw new IOException("a partition ends too early");
      }
      value = value << 8 | (data.get() & 0xff);
      spareBits += 8;
    }
    int split = 1 + (((range - 1) * probability) >> 8);
    int bit;
    if (value >> spareBits >= split) {
      range -= split;
      value -= split << spareBits;
      bit = 1;
    } else {
      range = split;
      bit = 0;
    }
    int shift = Integer.numberOfLeadingZeros(range) - 24; // back to 128..255
    range <<= shift;
    spareBits -= shift;
    return bit;
  }

  boolean flag() throws IOException {
    return bit(HALF) == 1;
  }

  /** An unsigned number, its highest bit first. */
  int number(int bits) throws IOException {
    int number = 0;
    for (int i = 0; i < bits; i++) {
      number = number << 1 | bit(HALF);
    }
    return number;
  }

  /** A flag, and where it is set a number and its sign; else 0. */
  int optionalSigned(int bits) throws IOException {
    return flag() ? signed(bits) : 0;
  }

  int signed(int bits) throws IOException {
    int number = number(bits);
    return flag() ? -number : number;
  }
}
