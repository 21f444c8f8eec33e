package io.chitra.diffusion;

import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.PixelTensors;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.noise.TorchGenerator;
import io.chitra.diffusion.scheduler.Sampling;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a picture's denoising starts: its first latents, and what an inpainting has besides. Random
 * values are drawn in the order in which diffusers' pipelines draw them.
 *
 * @param latents before the first step
 * @param known what each step puts back, for inpainting with a UNet that knows no masks; else null
 * @param extraChannels what the UNet takes after the latents: mask, and the masked picture's
 *     latents, for a UNet that knows masks; else null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Start(float[] latents, @Nullable KnownLatents known, float @Nullable [] extraChannels) {

  static Start of(
      LoadedModel model,
      RenderRequest request,
      GivenPicture given,
      Sampling sampling,
      TorchGenerator generator)
      throws DiffusionException {
    LatentShape shape = model.latentShape(request.width(), request.height());
    return new Maker(model, request, shape, sampling, generator).start(given);
  }

  /** One start in the making. */
  private record Maker(
      LoadedModel model,
      RenderRequest request,
      LatentShape shape,
      Sampling sampling,
      TorchGenerator generator) {

    Start start(GivenPicture given) throws DiffusionException {
      if (given.image() == null) {
        return new Start(pureNoise(draw()), null, null);
      }
      if (given.mask() == null) {
        float[] image = encode(PixelTensors.image(given.image()));
        return new Start(noisy(image, draw()), null, null);
      }
      return inpainting(given.image(), given.mask(), given.strength());
    }

    /** Noise is drawn for the masked picture even where the UNet does not take it. */
    private Start inpainting(RgbImage image, GrayImage mask, double strength)
        throws DiffusionException {
      boolean unetTakesMask = model.folder().isInpaintingModel();
      boolean fromNoise = strength == 1;
      float[] known = unetTakesMask && fromNoise ? null : encode(PixelTensors.image(image));
      float[] noise = draw();
      float[] latents = fromNoise || known == null ? pureNoise(noise) : noisy(known, noise);
      float[] noiseOfMasked = draw();
      float[] latentMask = PixelTensors.latentMask(mask, shape.width(), shape.height());
      if (!unetTakesMask && known != null) {
        return new Start(latents, new KnownLatents(known, noise, latentMask), null);
      }
      float[] masked = encode(PixelTensors.maskedImage(image, mask), noiseOfMasked);
      float[] extra = Arrays.copyOf(latentMask, latentMask.length + masked.length);
      System.arraycopy(masked, 0, extra, latentMask.length, masked.length);
      return new Start(latents, null, extra);
    }

    private float[] encode(float[] image) throws DiffusionException {
      return encode(image, draw());
    }

    private float[] encode(float[] image, float[] posteriorNoise) throws DiffusionException {
      return model.encode(image, request.width(), request.height(), posteriorNoise);
    }

    private float[] draw() {
      return generator.randn(shape.size());
    }

    private float[] pureNoise(float[] noise) {
      float[] latents = noise.clone();
      float sigma = sampling.initNoiseSigma();
      for (int i = 0; i < latents.length; i++) {
        latents[i] *= sigma;
      }
      return latents;
    }

    private float[] noisy(float[] latents, float[] noise) {
      float[] noisy = new float[latents.length];
      sampling.addNoise(latents, noise, noisy);
      return noisy;
    }
  }
}
