package io.chitra.diffusion.image;

/** How far a picture grows beyond each edge, in pixels. */
public record Margins(int left, int right, int top, int bottom) {

  public Margins {
    if (left < 0 || right < 0 || top < 0 || bottom < 0 || left + right + top + bottom < 1) {
      throw new IllegalArgumentException(
          "Cannot grow a picture by %d left, %d right, %d above and %d below: none may be negative,"
                  .formatted(left, right, top, bottom)
              + " and one is at least 1");
    }
  }

  /** The size of the grown picture. */
  public PictureSize around(PictureSize size) {
    return new PictureSize(left + size.width() + right, top + size.height() + bottom);
  }

  /** The size of the picture that grows to this one. */
  public PictureSize within(PictureSize size) {
    return new PictureSize(size.width() - left - right, size.height() - top - bottom);
  }
}
