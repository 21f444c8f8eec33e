package io.chitra.diffusion.image;

/**
 * 8-bit pixels to the float tensors that a VAE encoder and an inpainting UNet take, as diffusers'
 * {@code VaeImageProcessor} and inpainting pipelines make them. Pictures and masks are resized
 * before, with {@link Lanczos}.
 */
public final class PixelTensors {

  private static final int LEVELS = 256;

  private PixelTensors() {}

  /** {@code 2 * (level / 255) - 1}: 3 x height x width values in -1..1. */
  public static float[] image(RgbImage image) {
    float[] values = new float[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      values[level] = 2f * (level / 255f) - 1f;
    }
    int plane = image.width() * image.height();
    float[] tensor = new float[RgbImage.CHANNELS * plane];
    for (int i = 0; i < tensor.length; i++) {
      int channel = i / plane;
      int pixel = i % plane;
      tensor[i] = values[image.rgb()[RgbImage.CHANNELS * pixel + channel] & 0xff];
    }
    return tensor;
  }

  /** height x width values: 1 where to paint ({@code level / 255 >= 0.5}), 0 where to keep. */
  public static float[] mask(GrayImage mask) {
    float[] tensor = new float[mask.gray().length];
    for (int i = 0; i < tensor.length; i++) {
      tensor[i] = mask.paints(i) ? 1 : 0;
    }
    return tensor;
  }

  /**
   * The mask in the latents' size, by {@code torch.nn.functional.interpolate} (nearest): each value
   * is that of pixel floor(index * size / latent size), reckoned in float.
   *
   * @return latentHeight x latentWidth values, 0 or 1
   */
  public static float[] latentMask(GrayImage mask, int latentWidth, int latentHeight) {
    float[] tensor = new float[latentHeight * latentWidth];
    float scaleX = (float) mask.width() / latentWidth;
    float scaleY = (float) mask.height() / latentHeight;
    int at = 0;
    for (int y = 0; y < latentHeight; y++) {
      int row = Math.min((int) (y * scaleY), mask.height() - 1) * mask.width();
      for (int x = 0; x < latentWidth; x++) {
        int pixel = row + Math.min((int) (x * scaleX), mask.width() - 1);
        tensor[at++] = mask.paints(pixel) ? 1 : 0;
      }
    }
    return tensor;
  }

  /**
   * {@code image * (mask < 0.5)}: what the inpainting pipelines encode as the masked image, with
   * middle grey where to paint.
   *
   * @return 3 x height x width values in -1..1
   */
  public static float[] maskedImage(RgbImage image, GrayImage mask) {
    Inpainting.checkSizes(image, mask);
    float[] tensor = image(image);
    for (int i = 0; i < tensor.length; i++) {
      tensor[i] *= mask.paints(i % mask.gray().length) ? 0 : 1;
    }
    return tensor;
  }
}
