package io.chitra.embedded;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Environment;
import io.chitra.diffusion.image.ColourMode;
import io.chitra.diffusion.image.DigitalSource;
import io.chitra.diffusion.image.PictureFile;
import io.chitra.diffusion.image.PictureFormat;
import io.chitra.diffusion.image.PictureText;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Makes real PNG files in no time, of coarse patterns that differ by their seed. The prompt tells
 * how it behaves: "cannot" fails for good, "stuck" never ends, "grey" is of one tone.
 */
final class TinyPictures implements Renderer {

  private static final Environment ENVIRONMENT = new Environment(Map.of("engine", "tiny"));
  private static final int CELLS = 4;

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    return switch (task.prompt()) {
      case "cannot" ->
          CompletableFuture.failedFuture(
              new RenderException("Cannot render: this prompt never works", new Exception("tiny")));
      case "stuck" -> new CompletableFuture<>();
      default -> CompletableFuture.completedFuture(picture(task));
    };
  }

  private static RenderedPicture picture(ImageTask task) {
    RgbImage image = image(task.prompt(), task.seed(), task.width(), task.height());
    byte[] file =
        PictureFile.encode(
            image,
            new PictureFormat.PngFormat(ColourMode.RGB),
            new PictureText(task.prompt(), DigitalSource.TRAINED_ALGORITHMIC_MEDIA));
    return new RenderedPicture(file, "image/png", Sha256.of(image.rgb()), 1, ENVIRONMENT);
  }

  /** Pixels by prompt and seed. */
  static RgbImage image(String prompt, long seed, int width, int height) {
    byte[] cells = new byte[3 * CELLS * CELLS];
    if (prompt.equals("grey")) {
      Arrays.fill(cells, (byte) 128);
    } else {
      new Random(31L * prompt.hashCode() + seed).nextBytes(cells);
    }
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int cell = 3 * (y * CELLS / height * CELLS + x * CELLS / width);
        System.arraycopy(cells, cell, rgb, 3 * (y * width + x), 3);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  @Override
  public CompletableFuture<Truncation> truncation(ImageTask task) {
    return CompletableFuture.completedFuture(Truncation.NONE);
  }

  @Override
  public int pixelVersion() {
    return 1;
  }

  @Override
  public Environment environment() {
    return ENVIRONMENT;
  }

  @Override
  public void close() {}
}
