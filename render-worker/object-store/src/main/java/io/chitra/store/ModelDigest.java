package io.chitra.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The digest that names a model: SHA-256 over its files, sorted by path, of each the path, the
 * length and the SHA-256 of the content. Hidden files and folders (names that begin with a dot) are
 * no part of a model. Pure functions over files that do not change meanwhile.
 */
public final class ModelDigest {

  private static final int BUFFER_BYTES = 1 << 18;

  private ModelDigest() {}

  /**
   * Reads all files of a model's folder.
   *
   * @return 64 hexadecimal digits
   * @throws IOException when one cannot be read, there is none, or a link leads out of the folder
   */
  public static String of(Path folder) throws IOException {
    return of(files(folder));
  }

  static String of(List<ModelFile> files) {
    MessageDigest digest = sha256();
    files.stream()
        .sorted(Comparator.comparing(ModelFile::path))
        .forEach(
            file -> {
              byte[] path = file.path().getBytes(StandardCharsets.UTF_8);
              digest.update(ByteBuffer.allocate(4).putInt(path.length).flip());
              digest.update(path);
              digest.update(ByteBuffer.allocate(8).putLong(file.bytes()).flip());
              digest.update(HexFormat.of().parseHex(file.sha256()));
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The files of a model's folder, sorted by path. */
  static List<ModelFile> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException("Cannot read the model " + folder + ": it is no folder");
    }
    Path root = folder.toRealPath();
    List<ModelFile> files = new ArrayList<>();
    for (Path file : visibleFiles(root)) {
      if (!file.toRealPath().startsWith(root)) {
        throw new IOException(
            "Cannot read the model %s: %s is a link that leads out of it; copy the model with its"
                    .formatted(folder, root.relativize(file))
                + " links followed (cp -rL)");
      }
      files.add(new ModelFile(slashed(root.relativize(file)), Files.size(file), sha256(file)));
    }
    if (files.isEmpty()) {
      throw new IOException("Cannot read the model " + folder + ": the folder is empty");
    }
    return List.copyOf(files);
  }

  /** SHA-256 of one file, in 64 lower-case hex digits. */
  public static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      int read;
      while ((read = in.read(buffer)) >= 0) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<Path> visibleFiles(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(path -> !isHidden(root.relativize(path)))
          .filter(Files::isRegularFile)
          .sorted(Comparator.comparing(path -> slashed(root.relativize(path))))
          .toList();
    }
  }

  private static boolean isHidden(Path relative) {
    for (Path name : relative) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static String slashed(Path relative) {
    List<String> names = new ArrayList<>();
    relative.forEach(name -> names.add(name.toString()));
    return String.join("/", names);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
