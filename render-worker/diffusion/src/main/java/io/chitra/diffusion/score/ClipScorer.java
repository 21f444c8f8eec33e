package io.chitra.diffusion.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.onnx.PictureModel;
import io.chitra.diffusion.tokenizer.ClipTokenizer;
import io.chitra.diffusion.tokenizer.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * A CLIP model that says how well a picture shows its prompt: the cosine of their embeddings times
 * 100 (CLIPScore without its floor at 0: Hessel et al., 2021, as torchmetrics scales it). Of a
 * prompt that is longer than the model reads, the beginning counts.
 *
 * <p>Owns model and tokenizer until closed; safe for many threads.
 */
public final class ClipScorer implements AutoCloseable {

  private static final int BATCH = 8;
  private static final int PLACES = 77;
  private static final String IMAGE_EMBEDS = "image_embeds";
  private static final String TEXT_EMBEDS = "text_embeds";

  private final Scorer scorer;
  private final ClipTokenizer tokenizer;

  private ClipScorer(Scorer scorer, ClipTokenizer tokenizer) {
    this.scorer = scorer;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a model.
   *
   * @param folder as {@code optimum-cli export onnx --task zero-shot-image-classification} writes
   *     it
   * @throws DiffusionException permanent, when it holds no such model
   */
  public static ClipScorer open(OnnxRuntime runtime, Path folder) throws DiffusionException {
    JsonNode text = ConfigFile.read(folder, "config.json").value("text_config");
    int places = text == null ? PLACES : text.path("max_position_embeddings").asInt(PLACES);
    ClipTokenizer tokenizer = ClipTokenizer.open(folder, ".", places);
    try {
      Scorer scorer = Scorer.open(runtime, folder);
      try {
        scorer.output(List.of(IMAGE_EMBEDS));
        scorer.output(List.of(TEXT_EMBEDS));
        if (!scorer.model().readsTexts()) {
          throw scorer.model().unexpected("it reads no texts; export a whole CLIP model");
        }
        return new ClipScorer(scorer, tokenizer);
      } catch (DiffusionException | RuntimeException | Error e) {
        scorer.close();
        throw e;
      }
    } catch (DiffusionException | RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * Scores pictures.
   *
   * @param prompts one a picture
   * @return -100 .. 100, in the order of the pictures
   */
  public double[] scores(List<RgbImage> pictures, List<String> prompts) throws DiffusionException {
    if (pictures.size() != prompts.size()) {
      throw new IllegalArgumentException(
          "Cannot score %d pictures by %d prompts: each has one"
              .formatted(pictures.size(), prompts.size()));
    }
    double[] scores = new double[pictures.size()];
    int batch = scorer.model().batch(BATCH);
    for (int from = 0; from < scores.length; from += batch) {
      int to = Math.min(from + batch, scores.length);
      double[] some = together(pictures.subList(from, to), prompts.subList(from, to));
      System.arraycopy(some, 0, scores, from, some.length);
    }
    return scores;
  }

  private double[] together(List<RgbImage> pictures, List<String> prompts)
      throws DiffusionException {
    List<String> distinct = new ArrayList<>(new LinkedHashSet<>(prompts));
    List<float[]> rows = scorer.rows(pictures, texts(distinct), IMAGE_EMBEDS, TEXT_EMBEDS);
    rows.forEach(Vectors::normalize);
    double[] scores = new double[pictures.size()];
    for (int i = 0; i < scores.length; i++) {
      float[] text = rows.get(pictures.size() + distinct.indexOf(prompts.get(i)));
      scores[i] = 100 * Vectors.dot(rows.get(i), text);
    }
    return scores;
  }

  private PictureModel.Texts texts(List<String> prompts) throws DiffusionException {
    long[][] ids = new long[prompts.size()][];
    long[][] mask = new long[prompts.size()][];
    for (int i = 0; i < ids.length; i++) {
      Tokens tokens = tokenizer.encode(prompts.get(i));
      ids[i] = tokens.inputIds();
      mask[i] = new long[ids[i].length];
      Arrays.fill(mask[i], 0, tokens.length(), 1);
    }
    return new PictureModel.Texts(ids, mask);
  }

  @Override
  public void close() {
    scorer.close();
    tokenizer.close();
  }
}
