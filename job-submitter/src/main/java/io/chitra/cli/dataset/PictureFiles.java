package io.chitra.cli.dataset;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How the pictures of a dataset's folder are called: {@code images/00000/<job id>-<index>.png} (or
 * {@code .jpg}), ten thousand a folder. A name depends on the job id, the index and the kind of
 * file alone. A job id that is no good file name everywhere is followed by {@code ~} and a digest
 * of it, which no job id can contain:
 *
 * <ul>
 *   <li>with capital letters, since other file systems take two names for one that differ only
 *       there;
 *   <li>beginning with a dot or two underscores (hidden), or with a device's name of Windows;
 *   <li>with a word by which {@code datasets} would tell a training split from a test split: its
 *       imagefolder reader goes by file names before it looks at the metadata.
 * </ul>
 */
final class PictureFiles {

  static final String FOLDER = "images";
  static final int PER_FOLDER = 10_000;

  private static final Pattern OURS = Pattern.compile("images/\\d{5,}/[^/\\\\]+\\.(png|jpg)");
  private static final Pattern HIDDEN_OR_DEVICE =
      Pattern.compile("(\\.|__|(con|prn|aux|nul|com\\d|lpt\\d)\\.).*");
  private static final Pattern SPLIT_WORD =
      Pattern.compile(
          "(.*[-._0-9])?(train|training|validation|valid|dev|val|test|testing|eval|evaluation)"
              + "([-._0-9].*)?");

  private PictureFiles() {}

  /**
   * The file of the picture at a position of the dataset, relative to the dataset's folder.
   *
   * @param contentType of the picture: PNG or JPEG
   */
  static String path(int position, String jobId, int index, String contentType) {
    String extension = contentType.equals("image/jpeg") ? "jpg" : "png";
    return "%s/%05d/%s-%d.%s".formatted(FOLDER, folder(position), stem(jobId), index, extension);
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

  private static String stem(String jobId) {
    String lower = jobId.toLowerCase(Locale.ROOT);
    if (SPLIT_WORD.matcher(lower).matches() || HIDDEN_OR_DEVICE.matcher(lower).matches()) {
      return "job~" + digest(jobId);
    }
    return lower.equals(jobId) ? jobId : lower + "~" + digest(jobId);
  }

  private static String digest(String jobId) {
    return Sha256.of(jobId.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
  }
}
