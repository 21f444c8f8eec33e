package io.chitra.diffusion.image;

import io.chitra.diffusion.DiffusionException;
import java.io.IOException;

/**
 * Reads given pictures, which nobody vouches for: PNG, JPEG and WebP, told apart by their content.
 * Pixels are those of Pillow's {@code ImageOps.exif_transpose(image).convert("RGB")}: turned as
 * EXIF says, alpha dropped, 16 bits cut down as Pillow does it, ICC profiles not applied.
 *
 * <p>Levels are Pillow's exactly for PNG and WebP. JPEG is decoded by the Java platform's libjpeg:
 * some levels may differ by a few where chroma is stored at another size, since chroma that is
 * halved vertically only (4:4:0) is interpolated by newer versions of libjpeg-turbo and repeated by
 * others.
 *
 * <p>Animated files are refused, as are files over the limits, other formats and damaged files,
 * with a permanent {@link DiffusionException}. Immutable, for any thread.
 */
public final class PictureReader {

  private final PictureLimits limits;

  public PictureReader(PictureLimits limits) {
    this.limits = limits;
  }

  /**
   * Width and height of the picture as it stands upright, from the file's headers alone.
   *
   * @throws DiffusionException permanent, when the file is not a picture that can be read
   */
  public PictureSize size(byte[] file) throws DiffusionException {
    return read(file, encoded -> encoded.orientation().upright(encoded.width(), encoded.height()));
  }

  /**
   * The picture upright.
   *
   * @throws DiffusionException permanent, when the file is not a picture that can be read
   */
  public RgbImage rgb(byte[] file) throws DiffusionException {
    return read(file, encoded -> encoded.orientation().upright(encoded.decode()));
  }

  /**
   * The picture upright in grey, by Pillow's {@code convert("L")}: what a mask is read with.
   *
   * @throws DiffusionException permanent, when the file is not a picture that can be read
   */
  public GrayImage gray(byte[] file) throws DiffusionException {
    return rgb(file).gray();
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of(EncodedPicture encoded) throws IOException;
  }

  private <T> T read(byte[] file, Reading<T> reading) throws DiffusionException {
    try {
      return reading.of(open(file));
    } catch (IOException e) {
      throw DiffusionException.permanent("Cannot read the picture: " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw DiffusionException.temporary(
          "Cannot read the picture: there is no memory left for it: " + e.getMessage(), e);
    }
  }

  private EncodedPicture open(byte[] file) throws IOException {
    if (file.length > limits.maxFileBytes()) {
      throw new IOException(
          "its file has %d bytes, and at most %d are read"
              .formatted(file.length, limits.maxFileBytes()));
    }
    EncodedPicture encoded = FileKind.open(file);
    int width = encoded.width();
    int height = encoded.height();
    if (Math.max(width, height) > limits.maxSide() || (long) width * height > limits.maxPixels()) {
      throw new IOException(
          "it is %d x %d pixels large, and at most %d a side and %d in all are read; scale it down"
              .formatted(width, height, limits.maxSide(), limits.maxPixels()));
    }
    return encoded;
  }
}
