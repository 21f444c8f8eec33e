package io.chitra.dataset;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names of files and folders that are good everywhere: on all file systems, in a bucket, and for
 * the readers of datasets. A name depends on what it is for alone. What is no good name is followed
 * by {@code ~} and a digest of it, which no job id can contain; of job ids those
 *
 * <ul>
 *   <li>with capital letters, since other file systems take two names for one that differ only
 *       there;
 *   <li>beginning with a dot or two underscores (hidden), or with a device's name of Windows;
 *   <li>with a word by which {@code datasets} would tell a training split from a test split: its
 *       readers go by file names before they look at anything else.
 * </ul>
 */
public final class FileNames {

  private static final Pattern HIDDEN_OR_DEVICE =
      Pattern.compile("(\\.|__|(con|prn|aux|nul|com\\d|lpt\\d)\\.).*", Pattern.DOTALL);
  private static final Pattern SPLIT_WORD =
      Pattern.compile(
          "(.*[-._0-9 ])?(train|training|validation|valid|dev|val|test|testing|eval|evaluation)"
              + "([-._0-9 ].*)?",
          Pattern.DOTALL);
  private static final Pattern NOT_PLAIN = Pattern.compile("[^\\p{L}\\p{M}\\p{N}._ -]|[. ]$|^ ");
  private static final int LONGEST_FOLDER_BYTES = 100;

  private FileNames() {}

  /**
   * The file of a picture: {@code <job id>-<index>.png} (or {@code .jpg}).
   *
   * @param extension {@code png} or {@code jpg}
   */
  public static String picture(String jobId, int index, String extension) {
    return "%s-%d.%s".formatted(stem(jobId), index, extension);
  }

  /** How files of this content type end: {@code png} or {@code jpg}. */
  public static String extension(String contentType) {
    return contentType.equals("image/jpeg") ? "jpg" : "png";
  }

  private static String stem(String jobId) {
    String lower = lower(jobId);
    if (SPLIT_WORD.matcher(lower).matches() || HIDDEN_OR_DEVICE.matcher(lower).matches()) {
      return "job~" + digest(jobId);
    }
    return lower.equals(jobId) ? jobId : lower + "~" + digest(jobId);
  }

  /**
   * The folder of each class, whatever texts they are. Classes keep their capital letters, unless
   * two differ only there.
   */
  public static Map<String, String> folders(Collection<String> classes) {
    Set<String> seen = new HashSet<>();
    Set<String> shared =
        classes.stream()
            .map(FileNames::lower)
            .filter(name -> !seen.add(name))
            .collect(Collectors.toSet());
    Map<String, String> folders = new TreeMap<>();
    for (String name : classes) {
      folders.put(
          name, shared.contains(lower(name)) ? folder(name) + "~" + digest(name) : folder(name));
    }
    return folders;
  }

  private static String folder(String className) {
    String plain = NOT_PLAIN.matcher(className).replaceAll("_");
    String lower = lower(plain);
    if (lower.isBlank()
        || SPLIT_WORD.matcher(lower).matches()
        || HIDDEN_OR_DEVICE.matcher(lower + ".").matches()
        || plain.getBytes(StandardCharsets.UTF_8).length > LONGEST_FOLDER_BYTES) {
      return "class~" + digest(className);
    }
    return plain.equals(className) ? plain : plain + "~" + digest(className);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String digest(String name) {
    return Sha256.of(name.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
  }
}
