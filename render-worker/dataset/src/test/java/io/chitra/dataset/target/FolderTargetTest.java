package io.chitra.dataset.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTargetTest extends TargetContract {

  @TempDir private Path folder;

  @Override
  Target open() {
    return new FolderTarget(folder.resolve("dataset"));
  }

  @Test
  void nothingButTheFileIsLeft() throws IOException {
    try (Target target = open()) {
      target.put("a/b", new byte[1], "text/plain");
      assertThrows(
          IOException.class, () -> target.put("c", folder.resolve("not there"), "text/plain"));
    }

    try (Stream<Path> paths = Files.walk(folder.resolve("dataset"))) {
      assertEquals(
          List.of("", "a", "a/b"),
          paths.map(path -> folder.resolve("dataset").relativize(path).toString()).toList());
    }
  }

  @Test
  void comesIntoBeingWithItsFirstFile() {
    open().list("").forEach(name -> {});

    assertFalse(Files.exists(folder.resolve("dataset")));
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    try (Target target = open()) {
      target.put("a", new byte[1], "text/plain");
      Files.createSymbolicLink(folder.resolve("dataset/loop"), folder);

      assertEquals(
          List.of("a", "loop"),
          Stream.of("a", "loop").filter(name -> listed(target).contains(name)).toList());
      assertEquals(2, listed(target).size());
    }
  }

  /** Java orders these two the other way; some S3 endpoints that are written in it do too. */
  @Test
  void listsInTheOrderOfBytesNotOfJavasCharacters() throws IOException {
    try (Target target = open()) {
      target.put("z\uD83D\uDE00", new byte[1], "text/plain");
      target.put("z\uFF5E", new byte[1], "text/plain");

      assertEquals(List.of("z\uFF5E", "z\uD83D\uDE00"), listed(target));
    }
  }

  private static List<String> listed(Target target) {
    List<String> names = new java.util.ArrayList<>();
    target.list("").forEach(names::add);
    return names;
  }
}
