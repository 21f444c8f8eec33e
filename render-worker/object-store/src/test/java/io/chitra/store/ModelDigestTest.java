package io.chitra.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDigestTest {

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void makeModel() throws IOException {
    model = folder.resolve("model");
    write("b/x.json", "{}");
    write("a.json", "[]");
  }

  @Test
  void isTheDocumentedOne() throws IOException {
    assertEquals(
        "89b06c25763e062261ad986e90f75c9f9df17dd4a195b541910d03091f59cf16", ModelDigest.of(model));
  }

  @Test
  void changesWithContentPathAndNumberOfFiles() throws IOException {
    String before = ModelDigest.of(model);
    write("b/x.json", "{ }");
    String content = ModelDigest.of(model);
    Files.move(model.resolve("b/x.json"), model.resolve("b/y.json"));
    String path = ModelDigest.of(model);
    write("c.txt", "");
    String files = ModelDigest.of(model);
    assertNotEquals(before, content);
    assertNotEquals(content, path);
    assertNotEquals(path, files);
  }

  @Test
  void leavesOutHiddenFilesAndFolders() throws IOException {
    String before = ModelDigest.of(model);
    write(".git/HEAD", "main");
    write("b/.cache", "x");
    Files.createDirectories(model.resolve("empty"));
    assertEquals(before, ModelDigest.of(model));
  }

  @Test
  void followsLinksWithinTheFolderOnly() throws IOException {
    String before = ModelDigest.of(model);
    write("b/real.json", "{}");
    Files.delete(model.resolve("b/x.json"));
    Files.createSymbolicLink(model.resolve("b/x.json"), Path.of("real.json"));
    String linked = ModelDigest.of(model);
    write("b/x2.json", "{}");
    assertNotEquals(before, linked);

    Path outside = Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(model.resolve("b/out.json"), outside);
    IOException e = assertThrows(IOException.class, () -> ModelDigest.of(model));
    assertEquals(
        "Cannot read the model %s: b/out.json is a link that leads out of it; copy the model with"
                .formatted(model)
            + " its links followed (cp -rL)",
        e.getMessage());
  }

  @Test
  void tellsOfFoldersThatAreNone() throws IOException {
    Path absent = folder.resolve("absent");
    assertTrue(
        String.valueOf(assertThrows(IOException.class, () -> ModelDigest.of(absent)).getMessage())
            .contains("it is no folder"));
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertEquals(
        "Cannot read the model " + empty + ": the folder is empty",
        assertThrows(IOException.class, () -> ModelDigest.of(empty)).getMessage());
  }

  private void write(String path, String text) throws IOException {
    Path file = model.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
