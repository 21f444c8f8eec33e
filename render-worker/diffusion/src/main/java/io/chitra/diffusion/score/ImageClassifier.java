package io.chitra.diffusion.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.onnx.OnnxRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model that says what a picture shows, one of several classes: {@code logits} under the names of
 * {@code id2label} in its {@code config.json}.
 *
 * <p>Owns its model until closed; safe for many threads.
 */
public final class ImageClassifier implements AutoCloseable {

  private static final String LOGITS = "logits";
  private static final String LABELS = "id2label";
  private static final String CONFIG = "config.json";
  private static final String SINGLE = "single_label_classification";

  private final Scorer scorer;
  private final List<String> labels;

  private ImageClassifier(Scorer scorer, List<String> labels) {
    this.scorer = scorer;
    this.labels = labels;
  }

  /**
   * Opens a model.
   *
   * @throws DiffusionException permanent, when the folder holds no such model
   */
  public static ImageClassifier open(OnnxRuntime runtime, Path folder) throws DiffusionException {
    ConfigFile config = ConfigFile.read(folder, CONFIG);
    if (!config.text("problem_type", SINGLE).equals(SINGLE)) {
      throw config.unsupported("problem_type", SINGLE);
    }
    List<String> labels = labels(config);
    Scorer scorer = Scorer.open(runtime, folder);
    try {
      scorer.output(List.of(LOGITS));
      return new ImageClassifier(scorer, labels);
    } catch (DiffusionException | RuntimeException | Error e) {
      scorer.close();
      throw e;
    }
  }

  private static List<String> labels(ConfigFile config) throws DiffusionException {
    JsonNode byId = config.value(LABELS);
    List<String> labels = new ArrayList<>();
    for (int id = 0; byId != null && id < byId.size(); id++) {
      labels.add(byId.path(Integer.toString(id)).asText());
    }
    if (labels.isEmpty() || labels.contains("")) {
      throw config.unsupported(LABELS, "a name for each class, from 0 on");
    }
    return List.copyOf(labels);
  }

  /** The classes' names. */
  public List<String> labels() {
    return labels;
  }

  /** The classes' probabilities (softmax of the logits), in their order, for each picture. */
  public List<double[]> probabilities(List<RgbImage> pictures) throws DiffusionException {
    List<double[]> all = new ArrayList<>();
    for (float[] logits : scorer.rows(pictures, LOGITS)) {
      if (logits.length != labels.size()) {
        throw scorer
            .model()
            .unexpected(
                "it tells %d classes apart, and %s names %d"
                    .formatted(logits.length, LABELS, labels.size()));
      }
      all.add(softmax(logits));
    }
    return all;
  }

  private static double[] softmax(float[] logits) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      greatest = Math.max(greatest, logit);
    }
    double[] probabilities = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = StrictMath.exp(logits[i] - greatest);
      sum += probabilities[i];
    }
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  @Override
  public void close() {
    scorer.close();
  }
}
