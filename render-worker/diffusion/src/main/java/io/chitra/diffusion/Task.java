package io.chitra.diffusion;

import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.Margins;
import io.chitra.diffusion.image.RgbImage;

/**
 * What a picture is made from, besides its prompts.
 *
 * <p>A strength is above 0 and at most 1: the share of the steps that are done, and so how far the
 * picture may leave what was given.
 */
public sealed interface Task {

  /** From noise alone. */
  record TextToImage() implements Task {}

  /**
   * From a given picture.
   *
   * @param image of any size; it is resized to the request's
   */
  record ImageToImage(RgbImage image, double strength) implements Task {}

  /**
   * A given picture with a part of it made new.
   *
   * @param image of any size; it is resized to the request's
   * @param mask white where the picture is made new; of any size, likewise
   */
  record Inpainting(RgbImage image, GrayImage mask, double strength, Unmasked unmasked)
      implements Task {}

  /**
   * A given picture continued beyond its edges. Its own pixels stay as they are.
   *
   * @param image of the request's size without the margins; one of another size is resized
   */
  record Outpainting(RgbImage image, Margins margins, double strength) implements Task {}

  /** What becomes of the pixels outside an inpainting's mask. */
  enum Unmasked {
    /** They have gone through the VAE, as diffusers returns them. */
    AS_RENDERED,

    /** They are put back as they were given. */
    KEPT
  }
}
