package io.chitra.diffusion;

import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out how many rows a device has memory for, by rendering with them. */
public final class RowProbe {

  /** More are hardly faster on any device. */
  public static final int MOST_ROWS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(RowProbe.class);

  private RowProbe() {}

  /**
   * The largest power of two, up to {@link #MOST_ROWS}, of rows that can be rendered and decoded;
   * loads the model for each one tried. The same on every machine with as much memory.
   *
   * @param options of the engine that is to have those rows
   * @param width of the pictures, in pixels
   * @param height likewise
   * @throws DiffusionException when pictures fail for another reason than memory
   */
  public static int rows(EngineOptions options, ModelSetup model, int width, int height)
      throws DiffusionException {
    int rows = MOST_ROWS;
    while (rows > Bucket.FEWEST_ROWS && !fits(options.withRows(rows), model, width, height)) {
      rows /= 2;
    }
    LOG.info("Rows that {} has memory for at {} x {}: {}", options.device(), width, height, rows);
    return rows;
  }

  private static boolean fits(EngineOptions options, ModelSetup model, int width, int height)
      throws DiffusionException {
    try (Engine engine = Engine.start(options)) {
      List<CompletableFuture<Picture>> pictures = new ArrayList<>();
      for (int seed = 0; seed < engine.capacity(); seed++) {
        pictures.add(engine.render(model, request(model, seed, width, height)));
      }
      for (CompletableFuture<Picture> picture : pictures) {
        picture.join();
      }
      return engine.stats().outOfMemory() == 0;
    } catch (CompletionException e) {
      if (e.getCause() instanceof DiffusionException failure) {
        if (failure.isOutOfMemory()) {
          return false;
        }
        throw failure;
      }
      throw e;
    }
  }

  /** Guided, in one step; a UNet that knows masks gets one. */
  private static RenderRequest request(ModelSetup model, int seed, int width, int height) {
    Task task =
        model.folder().isInpaintingModel()
            ? new Task.Inpainting(
                new RgbImage(width, height, new byte[3 * width * height]),
                new GrayImage(width, height, new byte[width * height]),
                1,
                Task.Unmasked.AS_RENDERED)
            : new Task.TextToImage();
    return new RenderRequest(
        task,
        Prompts.of("", null),
        SamplerSettings.of("DDIMScheduler", 1),
        Guidance.of(2),
        null,
        seed,
        width,
        height);
  }
}
