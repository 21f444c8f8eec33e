package io.chitra.diffusion.image;

/**
 * A picture of 8-bit grey; as a mask, 255 is where to paint and 0 where to keep.
 *
 * @param gray height x width bytes, row by row from the top; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are large, and never compared as records
public record GrayImage(int width, int height, byte[] gray) {

  /** The first level that a mask paints: diffusers binarizes level / 255 at 0.5. */
  static final int PAINTED = 128;

  public GrayImage {
    if (width < 1 || height < 1 || gray.length != (long) width * height) {
      throw new IllegalArgumentException(
          "Cannot make a grey picture of %d x %d: %d bytes are not height x width"
              .formatted(width, height, gray.length));
    }
  }

  /** Whether a mask paints the pixel of this index. */
  boolean paints(int index) {
    return (gray[index] & 0xff) >= PAINTED;
  }
}
