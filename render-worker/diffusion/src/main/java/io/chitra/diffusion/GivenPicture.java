package io.chitra.diffusion;

import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.Inpainting;
import io.chitra.diffusion.image.Lanczos;
import io.chitra.diffusion.image.Outpaint;
import io.chitra.diffusion.image.PictureSize;
import io.chitra.diffusion.image.RgbImage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a request gives besides text, at the request's size.
 *
 * @param image null for text-to-image
 * @param mask white where the picture is made new; null where all of it is
 * @param strength 1 for text-to-image
 * @param composition puts given and rendered pixels together
 */
record GivenPicture(
    @Nullable RgbImage image,
    @Nullable GrayImage mask,
    double strength,
    UnaryOperator<RgbImage> composition) {

  static GivenPicture of(RenderRequest request) {
    int width = request.width();
    int height = request.height();
    if (request.task() instanceof Task.ImageToImage task) {
      RgbImage image = Lanczos.resize(task.image(), width, height);
      return new GivenPicture(image, null, task.strength(), UnaryOperator.identity());
    }
    if (request.task() instanceof Task.Inpainting task) {
      RgbImage image = Lanczos.resize(task.image(), width, height);
      GrayImage mask = Lanczos.resize(task.mask(), width, height);
      return new GivenPicture(
          image,
          mask,
          task.strength(),
          task.unmasked() == Task.Unmasked.KEPT
              ? rendered -> Inpainting.keepUnmasked(image, mask, rendered)
              : UnaryOperator.identity());
    }
    if (request.task() instanceof Task.Outpainting task) {
      PictureSize inner = task.margins().within(new PictureSize(width, height));
      Outpaint outpaint =
          new Outpaint(Lanczos.resize(task.image(), inner.width(), inner.height()), task.margins());
      return new GivenPicture(
          outpaint.canvas(), outpaint.mask(), task.strength(), outpaint::compose);
    }
    return new GivenPicture(null, null, 1, UnaryOperator.identity());
  }

  /** The finished picture. */
  RgbImage finish(RgbImage rendered) {
    return composition.apply(rendered);
  }
}
