package io.chitra.diffusion.score;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.onnx.OnnxRuntime;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that places pictures in a space where alike ones are near. What it gives is, in this
 * order, its {@code image_embeds}, its {@code pooler_output}, or the first token (CLS) of its
 * {@code last_hidden_state}.
 *
 * <p>Owns its model until closed; safe for many threads.
 */
public final class ImageEmbedder implements AutoCloseable {

  private static final List<String> OUTPUTS =
      List.of("image_embeds", "pooler_output", "last_hidden_state");

  private final Scorer scorer;
  private final String output;

  private ImageEmbedder(Scorer scorer, String output) {
    this.scorer = scorer;
    this.output = output;
  }

  /**
   * Opens a model.
   *
   * @param folderOrFile a folder with {@code model.onnx}, or an ONNX file; {@code
   *     preprocessor_config.json} lies beside it
   * @throws DiffusionException permanent, when it is no such model
   */
  public static ImageEmbedder open(OnnxRuntime runtime, Path folderOrFile)
      throws DiffusionException {
    Scorer scorer = Scorer.open(runtime, folderOrFile);
    try {
      return new ImageEmbedder(scorer, scorer.output(OUTPUTS));
    } catch (DiffusionException | RuntimeException | Error e) {
      scorer.close();
      throw e;
    }
  }

  /** Unit vectors, in the order of the pictures. */
  public List<float[]> embed(List<RgbImage> pictures) throws DiffusionException {
    List<float[]> rows = scorer.rows(pictures, output);
    rows.forEach(Vectors::normalize);
    return rows;
  }

  @Override
  public void close() {
    scorer.close();
  }
}
