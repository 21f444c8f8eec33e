package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Environment;
import io.chitra.diffusion.image.ColourMode;
import io.chitra.diffusion.image.DigitalSource;
import io.chitra.diffusion.image.PictureFile;
import io.chitra.diffusion.image.PictureFormat;
import io.chitra.diffusion.image.PictureText;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.Fingerprint;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Makes real PNG files of a few random pixels, the same for the same task; one prompt never ends.
 */
final class PngRenderer implements Renderer {

  /** A prompt whose pictures never end. */
  static final String NEVER = "never";

  private static final int SIDE = 16;

  private final Environment environment;

  PngRenderer() {
    this(Map.of("engine", "stub", "device", "cpu"));
  }

  /** One that says that it runs elsewhere. */
  PngRenderer(Map<String, String> facts) {
    this.environment = new Environment(facts);
  }

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    if (task.prompt().equals(NEVER)) {
      return new CompletableFuture<>();
    }
    byte[] rgb = new byte[SIDE * SIDE * 3];
    byte[] seed = Fingerprint.of(task, pixelVersion()).getBytes(UTF_8);
    new Random(ByteBuffer.wrap(seed).getLong()).nextBytes(rgb);
    byte[] file =
        PictureFile.encode(
            new RgbImage(SIDE, SIDE, rgb),
            new PictureFormat.PngFormat(ColourMode.RGB),
            new PictureText(task.prompt(), DigitalSource.TRAINED_ALGORITHMIC_MEDIA));
    return CompletableFuture.completedFuture(
        new RenderedPicture(file, "image/png", Sha256.of(rgb), 1, environment));
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
    return environment;
  }

  @Override
  public void close() {}
}
