package io.chitra.diffusion.image;

/**
 * Luma and halved chroma to RGB, as libwebp does it ("fancy" upsampling, upsampling.c, and the
 * fixed point of yuv.h): the chroma of a pixel is mixed of its four nearest chroma samples, 9 : 3 :
 * 3 : 1.
 */
final class Vp8Colours {

  private Vp8Colours() {}

  /** height x width x 3 bytes. */
  static byte[] rgb(Vp8Plane luma, Vp8Plane u, Vp8Plane v, int width, int height) {
    byte[] rgb = new byte[RgbImage.CHANNELS * width * height];
    int[] us = new int[width];
    int[] vs = new int[width];
    int last = (height - 1) / 2;
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      int far = Math.min(Math.max(near + (y % 2 == 0 ? -1 : 1), 0), last);
      upsample(u, near, far, us);
      upsample(v, near, far, vs);
      for (int x = 0; x < width; x++) {
        put(luma.level(x, y), us[x], vs[x], rgb, RgbImage.CHANNELS * (y * width + x));
      }
    }
    return rgb;
  }

  /**
   * One row of chroma in full size.
   *
   * @param near the row of samples it lies in
   * @param far the next nearest
   */
  private static void upsample(Vp8Plane plane, int near, int far, int[] to) {
    int nearLeft = plane.level(0, near);
    int farLeft = plane.level(0, far);
    to[0] = (3 * nearLeft + farLeft + 2) >> 2;
    for (int x = 1; x <= (to.length - 1) / 2; x++) {
      int nearRight = plane.level(x, near);
      int farRight = plane.level(x, far);
      int sum = nearLeft + nearRight + farLeft + farRight + 8;
      to[2 * x - 1] = (((sum + 2 * (nearRight + farLeft)) >> 3) + nearLeft) >> 1;
      to[2 * x] = (((sum + 2 * (nearLeft + farRight)) >> 3) + nearRight) >> 1;
      nearLeft = nearRight;
      farLeft = farRight;
    }
    if (to.length % 2 == 0) {
      to[to.length - 1] = (3 * nearLeft + farLeft + 2) >> 2;
    }
  }

  private static void put(int y, int u, int v, byte[] rgb, int at) {
    int white = (y * 19077) >> 8;
    rgb[at] = clip(white + ((v * 26149) >> 8) - 14234);
    rgb[at + 1] = clip(white - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708);
    rgb[at + 2] = clip(white + ((u * 33050) >> 8) - 17685);
  }

  private static byte clip(int level) {
    return (byte) Math.min(Math.max(level >> 6, 0), 255);
  }
}
