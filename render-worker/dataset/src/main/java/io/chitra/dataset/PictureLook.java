package io.chitra.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen in one picture, as decoded. Columns of exports have the same names in snake_case.
 *
 * @param perceptualHash pHash, 64 bits
 * @param brightness mean of luma, 0 .. 1
 * @param contrast standard deviation of luma, 0 .. 1
 * @param meanRed mean of the channel, 0 .. 1
 * @param meanGreen likewise
 * @param meanBlue likewise
 * @param saturation mean of HSV's saturation, 0 .. 1
 * @param colourfulness Hasler and Süsstrunk's M3
 * @param clipScore cosine of picture and prompt times 100, by the model that was given; null: none
 * @param nsfwScore probability, by the model that was given; null: none
 * @param nearestId the nearest picture of the reference set; null: there is no such set
 * @param nearestDistance how far it is: 1 - cosine of embeddings, or Hamming distance of pHashes
 * @param duplicateOf job id / index of an earlier picture of the dataset with the same pixels, or
 *     nearly so; null: none
 * @param failedGates names of the gates that it does not pass, in order
 */
public record PictureLook(
    long perceptualHash,
    double brightness,
    double contrast,
    double meanRed,
    double meanGreen,
    double meanBlue,
    double saturation,
    double colourfulness,
    @Nullable Double clipScore,
    @Nullable Double nsfwScore,
    @Nullable String nearestId,
    @Nullable Double nearestDistance,
    @Nullable String duplicateOf,
    List<String> failedGates) {

  public PictureLook {
    failedGates = List.copyOf(failedGates);
  }
}
