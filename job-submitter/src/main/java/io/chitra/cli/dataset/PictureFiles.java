package io.chitra.cli.dataset;

import io.chitra.dataset.FileNames;
import java.util.regex.Pattern;

/**
 * How the pictures of a dataset's folder are called: {@code images/00000/<job id>-<index>.png} (or
 * {@code .jpg}), nine thousand a folder, since Hugging Face's hub takes less than ten thousand
 * files in one; {@link FileNames} says what is done about odd job ids.
 */
final class PictureFiles {

  static final String FOLDER = "images";
  static final int PER_FOLDER = 9_000;

  private static final Pattern OURS = Pattern.compile("images/\\d{5,}/[^/\\\\]+\\.(png|jpg)");

  private PictureFiles() {}

  /**
   * The file of the picture at a position of the dataset, relative to the dataset's folder.
   *
   * @param contentType of the picture: PNG or JPEG
   */
  static String path(int position, String jobId, int index, String contentType) {
    return "%s/%05d/%s"
        .formatted(
            FOLDER,
            folder(position),
            FileNames.picture(jobId, index, FileNames.extension(contentType)));
  }

  /** The number of the folder that a position's picture lies in. */
  static int folder(int position) {
    return position / PER_FOLDER;
  }

  /** The number of the folder that a path names, or -1 when the path is none of these. */
  static int folder(String path) {
    return OURS.matcher(path).matches()
        ? Integer.parseInt(path.substring(FOLDER.length() + 1, path.lastIndexOf('/')))
        : -1;
  }
}
