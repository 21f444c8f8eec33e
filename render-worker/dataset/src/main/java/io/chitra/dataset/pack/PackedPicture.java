package io.chitra.dataset.pack;

import org.jspecify.annotations.Nullable;

/**
 * A picture as it goes into a shard.
 *
 * @param file its bytes; not changed, by nobody
 * @param extension {@code png} or {@code jpg}
 * @param width in pixels, of this file
 * @param height likewise
 * @param sha256 of the bytes, in hex
 * @param mask the mask picture of its job, decoded, of any size; null where the record has no
 *     {@code mask_image} (shapes are taken from the record)
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
public record PackedPicture(
    byte[] file,
    String extension,
    int width,
    int height,
    String sha256,
    @Nullable RegionMask mask) {

  public PackedPicture {
    if (!extension.equals("png") && !extension.equals("jpg")) {
      throw new IllegalArgumentException(
          "Cannot pack a picture of the kind '%s': png or jpg would be right".formatted(extension));
    }
  }
}
