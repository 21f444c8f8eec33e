package io.chitra.diffusion.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Decodes the picture of a lossless WebP file (RFC 9649, section 3): pixels in 32-bit ARGB, which
 * transforms then change back. For one picture and one thread.
 */
final class Vp8l {

  private static final int SIGNATURE_AND_SIZE_BITS = 8 + 2 * 14;
  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int MOST_CACHE_BITS = 11;
  private static final int CACHE_HASH = 0x1e35a7bd;

  /**
   * Section 3.6.2.2: (rows up) x 16 + 8 - (columns right) of the pixels near by, by distance code.
   */
  private static final int[] NEAR = {
    0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a,
    0x38, 0x05, 0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04,
    0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45,
    0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d,
    0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e,
    0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e,
    0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e,
    0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e,
    0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d,
    0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70,
  };

  /** The five codes that pixels of one region are written with. */
  private record Group(
      Vp8lCode green, Vp8lCode red, Vp8lCode blue, Vp8lCode alpha, Vp8lCode distance) {}

  /**
   * Which group holds for which pixel.
   *
   * @param bits a region is 2^bits pixels wide and high
   * @param columns regions in a row
   * @param regions the index of each region's group, in bits 8 to 23
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Grouping(int bits, int columns, int[] regions, Group[] groups) {

    Group at(int x, int y) {
      return groups[index(regions[(y >> bits) * columns + (x >> bits)])];
    }

    static int index(int region) {
      return region >> 8 & 0xffff;
    }
  }

  private final Vp8lBits bits;

  private Vp8l(ByteBuffer data) {
    bits = new Vp8lBits(data);
  }

  /**
   * @param data from the signature on
   */
  static RgbImage decode(ByteBuffer data, PictureSize size) throws IOException {
    int[] argb = new Vp8l(data).picture(size.width(), size.height());
    byte[] rgb = new byte[RgbImage.CHANNELS * argb.length];
    for (int i = 0; i < argb.length; i++) {
      rgb[RgbImage.CHANNELS * i] = (byte) (argb[i] >> 16);
      rgb[RgbImage.CHANNELS * i + 1] = (byte) (argb[i] >> 8);
      rgb[RgbImage.CHANNELS * i + 2] = (byte) argb[i];
    }
    return new RgbImage(size.width(), size.height(), rgb);
  }

  private int[] picture(int width, int height) throws IOException {
    bits.number(SIGNATURE_AND_SIZE_BITS / 2);
    bits.number(SIGNATURE_AND_SIZE_BITS / 2);
    bits.flag(); // whether alpha is used: it is dropped
    int version = bits.number(3);
    if (version != 0) {
      throw new IOException("version %d of the lossless format".formatted(version));
    }
    Deque<Vp8lTransform> transforms = new ArrayDeque<>();
    int codedWidth = width;
    int seen = 0;
    while (bits.flag()) {
      int type = bits.number(2);
      if ((seen >> type & 1) == 1) {
        throw new IOException("a transform is written twice");
      }
      seen |= 1 << type;
      Vp8lTransform transform = transform(type, codedWidth, height);
      transforms.push(transform);
      codedWidth = transform.codedWidth();
    }
    int cacheBits = cacheBits();
    int[] pixels = pixels(codedWidth, height, cacheBits, grouping(codedWidth, height, cacheBits));
    for (Vp8lTransform transform : transforms) {
      pixels = transform.undo(pixels);
    }
    return pixels;
  }

  /** Section 3.5. */
  private Vp8lTransform transform(int type, int width, int height) throws IOException {
    return switch (type) {
      case 0 -> {
        int blockBits = 2 + bits.number(3);
        yield new Vp8lTransform.Prediction(width, blockBits, blockwise(width, height, blockBits));
      }
      case 1 -> {
        int blockBits = 2 + bits.number(3);
        yield new Vp8lTransform.Colour(width, blockBits, blockwise(width, height, blockBits));
      }
      case 2 -> new Vp8lTransform.Green(width);
      default -> Vp8lTransform.Palette.of(width, subPicture(1 + bits.number(8), 1));
    };
  }

  private int[] blockwise(int width, int height, int bits) throws IOException {
    return subPicture(Vp8lTransform.blocks(width, bits), Vp8lTransform.blocks(height, bits));
  }

  /** A picture that says something about the picture: one group of codes, no transforms. */
  private int[] subPicture(int width, int height) throws IOException {
    int cacheBits = cacheBits();
    Grouping whole = new Grouping(31, 0, new int[1], new Group[] {group(cacheBits)});
    return pixels(width, height, cacheBits, whole);
  }

  private int cacheBits() throws IOException {
    if (!bits.flag()) {
      return 0;
    }
    int cacheBits = bits.number(4);
    if (cacheBits < 1 || cacheBits > MOST_CACHE_BITS) {
      throw new IOException("a colour cache of %d bits".formatted(cacheBits));
    }
    return cacheBits;
  }

  /** Section 3.7.2.2. */
  private Grouping grouping(int width, int height, int cacheBits) throws IOException {
    if (!bits.flag()) {
      return new Grouping(31, 0, new int[1], new Group[] {group(cacheBits)});
    }
    int regionBits = 2 + bits.number(3);
    int columns = Vp8lTransform.blocks(width, regionBits);
    int[] regions = blockwise(width, height, regionBits);
    int last = 0;
    for (int region : regions) {
      last = Math.max(last, Grouping.index(region));
    }
    Group[] groups = new Group[last + 1];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = group(cacheBits);
    }
    return new Grouping(regionBits, columns, regions, groups);
  }

  private Group group(int cacheBits) throws IOException {
    int cached = cacheBits == 0 ? 0 : 1 << cacheBits;
    return new Group(
        Vp8lCode.read(bits, LITERALS + LENGTHS + cached),
        Vp8lCode.read(bits, LITERALS),
        Vp8lCode.read(bits, LITERALS),
        Vp8lCode.read(bits, LITERALS),
        Vp8lCode.read(bits, DISTANCES));
  }

  /** Section 3.6: literal pixels, copies of earlier ones, and colours from a cache. */
  private int[] pixels(int width, int height, int cacheBits, Grouping grouping) throws IOException {
    int[] pixels = new int[width * height];
    int[] cache = new int[1 << cacheBits];
    int at = 0;
    while (at < pixels.length) {
      Group group = grouping.at(at % width, at / width);
      int code = group.green().symbol(bits);
      int end = at + 1;
      if (code < LITERALS) {
        int red = group.red().symbol(bits);
        int blue = group.blue().symbol(bits);
        int alpha = group.alpha().symbol(bits);
        pixels[at] = alpha << 24 | red << 16 | code << 8 | blue;
      } else if (code < LITERALS + LENGTHS) {
        int length = value(code - LITERALS);
        int distance = distance(value(group.distance().symbol(bits)), width);
        if (distance > at || length > pixels.length - at) {
          throw new IOException(
              "at pixel %d of %d, %d are copied from %d before"
                  .formatted(at, pixels.length, length, distance));
        }
        end = at + length;
        for (int i = at; i < end; i++) {
          pixels[i] = pixels[i - distance];
        }
      } else {
        pixels[at] = cache[code - LITERALS - LENGTHS];
      }
      for (; at < end; at++) {
        if (cacheBits > 0) {
          cache[(CACHE_HASH * pixels[at]) >>> (32 - cacheBits)] = pixels[at];
        }
      }
    }
    return pixels;
  }

  /** Section 3.6.2.1: a length or distance from its prefix code and extra bits. */
  private int value(int prefix) throws IOException {
    if (prefix < 4) {
      return prefix + 1;
    }
    int extraBits = (prefix - 2) / 2;
    return ((2 + prefix % 2) << extraBits) + bits.number(extraBits) + 1;
  }

  private static int distance(int code, int width) {
    if (code > NEAR.length) {
      return code - NEAR.length;
    }
    int near = NEAR[code - 1];
    return Math.max((near >> 4) * width + 8 - (near & 0xf), 1);
  }
}
