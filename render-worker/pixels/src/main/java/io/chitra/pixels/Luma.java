package io.chitra.pixels;

/** How bright colours are. */
public final class Luma {

  private static final int CHANNELS = 3;

  private Luma() {}

  /**
   * Pillow's {@code convert("L")}: ITU-R 601-2 luma in 16-bit fixed point, (19595 R + 38470 G +
   * 7471 B + 32768) / 65536.
   *
   * @param rgb 3 bytes a pixel
   * @return a byte a pixel
   */
  public static byte[] of(byte[] rgb) {
    byte[] luma = new byte[rgb.length / CHANNELS];
    for (int i = 0; i < luma.length; i++) {
      int red = rgb[CHANNELS * i] & 0xff;
      int green = rgb[CHANNELS * i + 1] & 0xff;
      int blue = rgb[CHANNELS * i + 2] & 0xff;
      luma[i] = (byte) ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16);
    }
    return luma;
  }
}
