package io.chitra.diffusion.image;

import java.io.IOException;

/**
 * A picture file whose headers have been read and whose pixels have not. Making one allocates no
 * more than the file's length, whatever its headers claim. For one thread.
 */
interface EncodedPicture {

  /** Pixels of a stored row, at least 1. */
  int width();

  /** Stored rows, at least 1. */
  int height();

  /** How the stored pixels are to be turned. */
  Orientation orientation();

  /**
   * The stored pixels, not turned, as Pillow's {@code convert("RGB")} gives them.
   *
   * @throws IOException when the file is damaged; its message completes "Cannot read the picture: "
   */
  RgbImage decode() throws IOException;
}
