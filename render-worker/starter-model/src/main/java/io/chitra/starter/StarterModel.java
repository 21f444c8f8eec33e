package io.chitra.starter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The starter model: a folder in the layout that {@code optimum} exports, kept in this jar.
 *
 * <p>The folder appears on disk whole or not at all, so that processes which unpack it at the same
 * time all see a complete one. Every file is checked against {@code model.sha256}, so a damaged
 * folder, or one of another version, is replaced. A folder that {@link #unpack} did not make is
 * never touched.
 */
public final class StarterModel {

  /** Marks a folder as one that may be replaced; hidden, so that it is no part of the model. */
  private static final String MARKER = ".chitra-starter-model";

  private StarterModel() {}

  /**
   * Makes {@code into} the starter model's folder, if it is not that already.
   *
   * @return {@code into}
   * @throws IOException when the files cannot be written, or {@code into} holds something else
   */
  public static Path unpack(Path into) throws IOException {
    Map<String, String> digests = digests();
    if (isComplete(into, digests)) {
      return into;
    }
    checkReplaceable(into);
    Path parent = into.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(
          "Cannot unpack the starter model into " + into + ": it is a file system's root");
    }
    Files.createDirectories(parent);
    Path fresh = Files.createTempDirectory(parent, MARKER + "-");
    try {
      write(fresh, digests);
      replace(into, fresh, digests);
    } finally {
      delete(fresh);
    }
    return into;
  }

  /** Relative path to SHA-256 of every file, in the format of {@code sha256sum}. */
  static Map<String, String> digests() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (String line :
        new String(resource("model.sha256"), StandardCharsets.UTF_8).lines().toList()) {
      digests.put(line.substring(66), line.substring(0, 64));
    }
    return digests;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    }
  }

  private static InputStream open(String name) throws IOException {
    InputStream in = StarterModel.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("Cannot unpack the starter model: " + name + " is missing in its jar");
    }
    return in;
  }

  private static boolean isComplete(Path folder, Map<String, String> digests) throws IOException {
    return Files.isDirectory(folder) && digests.equals(digestsOf(folder));
  }

  private static Map<String, String> digestsOf(Path folder) throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (Path file : filesUnder(folder)) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      if (!name.equals(MARKER)) {
        found.put(name, sha256(file));
      }
    }
    return found;
  }

  private static List<Path> filesUnder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> !Files.isDirectory(file)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = newSha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      byte[] buffer = new byte[1 << 16];
      int read;
      do {
        read = in.read(buffer);
      } while (read >= 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static void checkReplaceable(Path into) throws IOException {
    if (!Files.exists(into) || Files.exists(into.resolve(MARKER))) {
      return;
    }
    try (Stream<Path> inside = Files.isDirectory(into) ? Files.list(into) : Stream.of(into)) {
      @Nullable Path foreign = inside.findFirst().orElse(null);
      if (foreign != null) {
        throw new IOException(
            "Cannot unpack the starter model into %s: %s is there already; name an empty or a new folder"
                .formatted(into, foreign.getFileName()));
      }
    }
  }

  private static void write(Path folder, Map<String, String> digests) throws IOException {
    Files.createFile(folder.resolve(MARKER));
    for (Map.Entry<String, String> file : digests.entrySet()) {
      Path target = folder.resolve(file.getKey());
      Files.createDirectories(target.resolveSibling("."));
      try (InputStream in = open("model/" + file.getKey())) {
        Files.copy(in, target);
      }
    }
    if (!isComplete(folder, digests)) {
      throw new IOException(
          "Cannot unpack the starter model: its jar is damaged (a file's SHA-256 is wrong)");
    }
  }

  /**
   * Another process may do the same at the same time: whichever complete folder is there in the end
   * will do.
   */
  private static void replace(Path into, Path fresh, Map<String, String> digests)
      throws IOException {
    Path old = fresh.resolveSibling(fresh.getFileName() + "-old");
    try {
      if (Files.exists(into)) {
        move(into, old);
      }
      move(fresh, into);
    } catch (FileSystemException e) {
      if (!isComplete(into, digests)) {
        throw e;
      }
    } finally {
      delete(old);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> inside;
    try (Stream<Path> all = Files.walk(folder)) {
      inside = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : inside) {
      Files.deleteIfExists(path);
    }
  }
}
