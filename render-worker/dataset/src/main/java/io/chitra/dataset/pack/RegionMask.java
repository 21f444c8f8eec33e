package io.chitra.dataset.pack;

/**
 * The region of a picture that was drawn anew, as its job's mask picture says it.
 *
 * @param grey one byte a pixel, row by row: 0 is kept, anything from 128 on was drawn anew; not
 *     changed, by nobody
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
public record RegionMask(int width, int height, byte[] grey) {

  public RegionMask {
    if (width < 1 || height < 1 || grey.length != (long) width * height) {
      throw new IllegalArgumentException(
          "Cannot take %d bytes for a mask of %d x %d pixels"
              .formatted(grey.length, width, height));
    }
  }
}
