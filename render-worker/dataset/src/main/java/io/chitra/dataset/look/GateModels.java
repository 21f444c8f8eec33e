package io.chitra.dataset.look;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What looks at pictures besides arithmetic. Paths are absolute, and read where pictures are looked
 * at: on a cluster each task manager has them.
 *
 * @param clip folder of a CLIP model as optimum exports it; null: none
 * @param nsfw folder of an image classifier; null: none
 * @param nsfwLabels those of its classes that are not safe for work, by name; empty: those known by
 *     name
 * @param reference folder of the pictures that must not be copied; null: none
 * @param embedder folder or ONNX file of the model in whose space nearness is measured; null: pHash
 */
public record GateModels(
    @Nullable Path clip,
    @Nullable Path nsfw,
    List<String> nsfwLabels,
    @Nullable Path reference,
    @Nullable Path embedder) {

  public static final GateModels NONE = new GateModels(null, null, List.of(), null, null);

  public GateModels {
    nsfwLabels = List.copyOf(nsfwLabels);
    if (embedder != null && reference == null) {
      throw new IllegalArgumentException(
          "Cannot use embedder %s alone: it measures how near pictures are to those of a reference folder, so name one too"
              .formatted(embedder));
    }
    if (!nsfwLabels.isEmpty() && nsfw == null) {
      throw new IllegalArgumentException(
          "Cannot use NSFW labels %s alone: they are classes of an NSFW model, so name one too"
              .formatted(nsfwLabels));
    }
  }
}
