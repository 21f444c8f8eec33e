package io.chitra.embedded;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Environment;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;

/**
 * Draws a few shapes that the seed decides, as real PNG files; a task whose prompt is "broken"
 * fails for good.
 */
final class DrawingRenderer implements Renderer {

  private static final Environment ENVIRONMENT =
      new Environment(Map.of("engine", "stub", "provider", "pencil"));

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    if (task.prompt().equals("broken")) {
      return CompletableFuture.failedFuture(
          new RenderException("Cannot render: it is broken", new Exception("stub")));
    }
    byte[] file = draw(task.seed(), task.width(), task.height());
    return CompletableFuture.completedFuture(
        new RenderedPicture(file, "image/png", Sha256.of(file), 2, ENVIRONMENT));
  }

  private static byte[] draw(long seed, int width, int height) {
    Random random = new Random(seed);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = picture.createGraphics();
    for (int shape = 0; shape < 6; shape++) {
      canvas.setColor(Color.getHSBColor(random.nextFloat(), 0.7f, random.nextFloat()));
      canvas.fillOval(random.nextInt(width), random.nextInt(height), width / 2, height / 2);
    }
    canvas.dispose();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", file);
    } catch (IOException e) {
      throw new IllegalStateException("Nothing is written but memory", e);
    }
    return file.toByteArray();
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
