package io.chitra.worker.export;

import io.chitra.dataset.Sha256;
import io.chitra.dataset.pack.PackedPicture;
import io.chitra.dataset.pack.Recode;
import io.chitra.dataset.pack.RegionMask;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.ColourMode;
import io.chitra.diffusion.image.DigitalSource;
import io.chitra.diffusion.image.Lanczos;
import io.chitra.diffusion.image.PictureFile;
import io.chitra.diffusion.image.PictureFormat;
import io.chitra.diffusion.image.PictureLimits;
import io.chitra.diffusion.image.PictureReader;
import io.chitra.diffusion.image.PictureText;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.schemas.ImageRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the file that goes into a dataset: the stored one, or one with other pixels or another
 * format. What the stored file says of the picture stays in it. A picture that is right already is
 * not decoded. Immutable, for any thread.
 */
public final class Recoder {

  private static final String JPEG = "image/jpeg";
  private static final int DEFAULT_QUALITY = 90;

  private final @Nullable Recode recode;
  private final PictureReader reader = new PictureReader(PictureLimits.DEFAULTS);

  /**
   * @param recode null: files stay as they are
   */
  public Recoder(@Nullable Recode recode) {
    this.recode = recode;
  }

  /**
   * The file for a dataset.
   *
   * @param mask goes along with it, as it is
   * @throws DamagedPictureException when it is to be changed and cannot be read
   */
  public PackedPicture recode(ImageRecord record, byte[] file, @Nullable RegionMask mask)
      throws DamagedPictureException {
    boolean jpeg = record.getContentType().equals(JPEG);
    Recode how = recode;
    Integer side = how == null ? null : how.longestSide();
    Integer quality = how == null ? null : how.jpegQuality();
    int longest = Math.max(record.getWidth(), record.getHeight());
    boolean smaller = side != null && side < longest;
    if (!smaller && quality == null) {
      return new PackedPicture(
          file,
          jpeg ? "jpg" : "png",
          record.getWidth(),
          record.getHeight(),
          record.getFileSha256(),
          mask);
    }
    try {
      RgbImage image = reader.rgb(file);
      RgbImage sized = side == null ? image : fit(image, side);
      PictureFormat format = format(record, quality, jpeg);
      byte[] made = PictureFile.encode(sized, format, text(record, file));
      return new PackedPicture(
          made, format.extension(), sized.width(), sized.height(), Sha256.of(made), mask);
    } catch (DiffusionException e) {
      throw new DamagedPictureException(record, "cannot be decoded: " + e.getMessage(), e);
    }
  }

  /** The picture with its longer side so long at most, and its proportions. */
  private static RgbImage fit(RgbImage image, int side) {
    int longest = Math.max(image.width(), image.height());
    return side >= longest
        ? image
        : Lanczos.resize(
            image, scaled(image.width(), side, longest), scaled(image.height(), side, longest));
  }

  private static int scaled(int pixels, int side, int longest) {
    return Math.max(1, (int) Math.round((double) pixels * side / longest));
  }

  private static PictureFormat format(ImageRecord record, @Nullable Integer quality, boolean jpeg) {
    ColourMode mode = "L".equals(record.getOutputMode()) ? ColourMode.L : ColourMode.RGB;
    if (quality != null) {
      return new PictureFormat.JpegFormat(mode, quality);
    }
    return jpeg
        ? new PictureFormat.JpegFormat(
            mode, record.getOutputQuality() == null ? DEFAULT_QUALITY : record.getOutputQuality())
        : new PictureFormat.PngFormat(mode);
  }

  private static PictureText text(ImageRecord record, byte[] file) {
    return new PictureText(
        PictureText.parametersOf(file).orElse(record.getPrompt()),
        record.getImage() == null
            ? DigitalSource.TRAINED_ALGORITHMIC_MEDIA
            : DigitalSource.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA);
  }
}
