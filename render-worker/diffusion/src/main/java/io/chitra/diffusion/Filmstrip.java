package io.chitra.diffusion;

import io.chitra.diffusion.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

/**
 * The latents of one picture on their way from noise, and the pictures that they are. Used by one
 * thread at a time.
 */
final class Filmstrip {

  private final int frames;
  private final List<float[]> latents = new ArrayList<>();
  private List<RgbImage> pictures = List.of();

  /**
   * @param frames at most, the finished picture among them; 2 or more
   */
  Filmstrip(int frames) {
    if (frames < 2) {
      throw new IllegalArgumentException(
          "Cannot make a strip of %d frames: it has 2 or more, the noise and the result"
              .formatted(frames));
    }
    this.frames = frames;
  }

  /** Forgets what it has, for a picture that starts again. */
  void clear() {
    latents.clear();
  }

  /** Takes the latents before a step, scaled to the variance that a model sees. */
  void add(float[] beforeStep) {
    latents.add(beforeStep);
  }

  /** Decodes frames at even distances, the first before the first step. */
  void develop(LoadedModel model, LatentShape shape, RgbImage result) throws DiffusionException {
    int along = Math.min(frames - 1, latents.size());
    List<RgbImage> developed = new ArrayList<>();
    for (int i = 0; i < along; i++) {
      developed.addAll(model.decode(List.of(latents.get(i * latents.size() / along)), 1, shape));
    }
    developed.add(result);
    pictures = developed;
  }

  /** Of one size, from noise to result; empty until developed. */
  List<RgbImage> pictures() {
    return pictures;
  }
}
