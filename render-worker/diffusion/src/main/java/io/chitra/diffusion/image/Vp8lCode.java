package io.chitra.diffusion.image;

import java.io.IOException;

/** A canonical prefix code of lossless WebP (RFC 9649, section 3.7.2). Immutable. */
final class Vp8lCode {

  private static final int LONGEST = 15;
  private static final int REPEAT = 16;
  private static final int SHORT_ZEROS = 17;
  private static final int LONG_ZEROS = 18;
  private static final int FIRST_REPEATED = 8;

  /** In which order the lengths of the code for lengths are written. */
  private static final int[] LENGTH_ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };

  private final int[] counts = new int[LONGEST + 1]; // of symbols, by length
  private final int[] symbols; // by length, then by value

  /**
   * @param lengths of each symbol's code in bits, 0 for those that do not occur
   */
  private Vp8lCode(int[] lengths) throws IOException {
    int used = 0;
    for (int length : lengths) {
      if (length > 0) {
        counts[length]++;
        used++;
      }
    }
    int open = 1; // codes of a length that no shorter code begins
    int[] next = new int[LONGEST + 1];
    for (int length = 1; length <= LONGEST; length++) {
      open = 2 * open - counts[length];
      next[length] = next[length - 1] + counts[length - 1];
      if (open < 0) {
        break;
      }
    }
    if (used == 0 || (used > 1 && open != 0)) {
      throw new IOException("a prefix code of %d symbols is not complete".formatted(used));
    }
    symbols = new int[used];
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] > 0) {
        symbols[next[lengths[symbol]]++] = symbol;
      }
    }
  }

  /** Reads a code for symbols from 0 to alphabet - 1. */
  static Vp8lCode read(Vp8lBits bits, int alphabet) throws IOException {
    return new Vp8lCode(bits.flag() ? oneOrTwo(bits, alphabet) : lengths(bits, alphabet));
  }

  private static int[] oneOrTwo(Vp8lBits bits, int alphabet) throws IOException {
    int count = 1 + bits.number(1);
    int firstBits = bits.flag() ? 8 : 1;
    int[] lengths = new int[alphabet];
    for (int i = 0; i < count; i++) {
      int symbol = bits.number(i == 0 ? firstBits : 8);
      if (symbol >= alphabet) {
        throw new IOException("symbol %d of %d in a prefix code".formatted(symbol, alphabet));
      }
      lengths[symbol] = 1;
    }
    return lengths;
  }

  private static int[] lengths(Vp8lBits bits, int alphabet) throws IOException {
    int[] lengthLengths = new int[LENGTH_ORDER.length];
    int written = 4 + bits.number(4);
    for (int i = 0; i < written; i++) {
      lengthLengths[LENGTH_ORDER[i]] = bits.number(3);
    }
    int left = bits.flag() ? 2 + bits.number(2 + 2 * bits.number(3)) : alphabet;
    if (left > alphabet) {
      throw new IOException("a prefix code of %d symbols of %d".formatted(left, alphabet));
    }
    Vp8lCode code = new Vp8lCode(lengthLengths);
    int[] lengths = new int[alphabet];
    int repeated = FIRST_REPEATED;
    for (int symbol = 0; symbol < alphabet && left > 0; left--) {
      int length = code.symbol(bits);
      int times = 1;
      switch (length) {
        case REPEAT -> {
          times = 3 + bits.number(2);
          length = repeated;
        }
        case SHORT_ZEROS -> {
          times = 3 + bits.number(3);
          length = 0;
        }
        case LONG_ZEROS -> {
          times = 11 + bits.number(7);
          length = 0;
        }
        default -> repeated = length == 0 ? repeated : length;
      }
      if (times > alphabet - symbol) {
        throw new IOException("a prefix code of more than %d symbols".formatted(alphabet));
      }
      for (int i = 0; i < times; i++) {
        lengths[symbol++] = length;
      }
    }
    return lengths;
  }

  /** The next symbol; a code of one symbol takes no bits. */
  int symbol(Vp8lBits bits) throws IOException {
    if (symbols.length == 1) {
      return symbols[0];
    }
    int code = 0;
    int first = 0; // code of this length
    int index = 0; // of its symbol
    for (int length = 1; length <= LONGEST; length++) {
      code = code << 1 | bits.number(1);
      if (code - first < counts[length]) {
        return symbols[index + code - first];
      }
      index += counts[length];
      first = (first + counts[length]) << 1;
    }
    throw new IllegalStateException("A complete code has a symbol for all bits");
  }
}
