package io.chitra.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen in one picture. Columns of exports have the same names in snake_case, those of its
 * measures too.
 *
 * @param unreadable why the file is no picture that can be read; null: it is one
 * @param measures of its pixels; null exactly where it is unreadable
 * @param clipScore cosine of picture and prompt times 100, by the model that was given; null: none
 * @param nsfwScore probability, by the model that was given; null: none
 * @param nearestId the nearest picture of the reference set, as its path there; null: there is no
 *     such set
 * @param nearestDistance how far it is: 1 - cosine of embeddings, or Hamming distance of pHashes
 * @param duplicateOf job id / index of an earlier picture of the dataset with the same pixels, or
 *     nearly so; null: none
 * @param failedGates names of the gates that it does not pass, in order
 */
public record PictureLook(
    @Nullable String unreadable,
    @Nullable PictureMeasures measures,
    @Nullable Double clipScore,
    @Nullable Double nsfwScore,
    @Nullable String nearestId,
    @Nullable Double nearestDistance,
    @Nullable String duplicateOf,
    List<String> failedGates) {

  public PictureLook {
    if ((unreadable == null) == (measures == null)) {
      throw new IllegalArgumentException(
          "Cannot describe a picture: it is either unreadable or has measures");
    }
    failedGates = List.copyOf(failedGates);
  }

  /** Of a file that is no picture. */
  public static PictureLook unreadable(String why) {
    return new PictureLook(why, null, null, null, null, null, null, List.of());
  }

  /** The same look, judged. */
  public PictureLook judged(@Nullable String duplicateOf, List<String> failedGates) {
    return new PictureLook(
        unreadable,
        measures,
        clipScore,
        nsfwScore,
        nearestId,
        nearestDistance,
        duplicateOf,
        failedGates);
  }
}
