package io.chitra.diffusion.image;

import io.chitra.diffusion.DiffusionException;
import java.nio.FloatBuffer;

/** A decoder's output to 8-bit pixels, as diffusers' {@code VaeImageProcessor} does it. */
public final class Pixels {

  private static final int CHANNELS = 3;

  private Pixels() {}

  /**
   * (x / 2 + 0.5) clamped to 0..1, times 255, rounded half to even.
   *
   * @param image 3 x height x width values, from the buffer's start
   * @return height x width x 3 bytes
   * @throws DiffusionException when a value is not a number
   */
  public static byte[] rgb(FloatBuffer image, int width, int height) throws DiffusionException {
    int plane = width * height;
    byte[] rgb = new byte[CHANNELS * plane];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int i = 0; i < plane; i++) {
        float value = image.get(channel * plane + i);
        if (Float.isNaN(value)) {
          throw DiffusionException.permanent(
              "Cannot make a picture of %d x %d: the model's output is not a number (NaN)"
                  .formatted(width, height));
        }
        float unit = Math.min(Math.max(value * 0.5f + 0.5f, 0), 1);
        rgb[i * CHANNELS + channel] = (byte) (int) Math.rint(unit * 255f);
      }
    }
    return rgb;
  }
}
