package io.chitra.diffusion.image;

/** Pictures by the formula that the golden files' script uses. */
final class Patterns {

  private Patterns() {}

  static RgbImage rgb(int width, int height) {
    return new RgbImage(width, height, bytes(3 * width * height));
  }

  static GrayImage gray(int width, int height) {
    return new GrayImage(width, height, bytes(width * height));
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * i * 31 + i * 7 + (i >> 3) * 13);
    }
    return bytes;
  }
}
