package io.chitra.diffusion;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Models of tests: the tiny ones, and copies of them to be broken. */
final class Folders {

  private Folders() {}

  static Path tiny(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Folders.class.getResource("/golden/tiny/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.resolveSibling("."));
      Files.copy(file, target);
    }
    return to;
  }

  static void replace(Path file, String text, String by) throws IOException {
    String json = Files.readString(file);
    if (!json.contains(text)) {
      throw new IllegalArgumentException(file + " has no " + text);
    }
    Files.writeString(file, json.replace(text, by));
  }
}
