package io.chitra.diffusion.image;

/** The file format of a finished picture. */
public sealed interface PictureFormat {

  /** What is kept of each pixel. */
  ColourMode mode();

  /** The MIME type. */
  String contentType();

  /** The file name's extension, without a dot. */
  String extension();

  /** PNG with 8 bits a sample: every pixel exactly. */
  record PngFormat(ColourMode mode) implements PictureFormat {

    @Override
    public String contentType() {
      return "image/png";
    }

    @Override
    public String extension() {
      return "png";
    }
  }

  /**
   * Baseline JPEG, with chroma halved both ways.
   *
   * @param quality 1 to 100, on libjpeg's scale
   */
  record JpegFormat(ColourMode mode, int quality) implements PictureFormat {

    public JpegFormat {
      if (quality < 1 || quality > 100) {
        throw new IllegalArgumentException(
            "Cannot write a JPEG of quality %d: it is 1 to 100".formatted(quality));
      }
    }

    @Override
    public String contentType() {
      return "image/jpeg";
    }

    @Override
    public String extension() {
      return "jpg";
    }
  }
}
