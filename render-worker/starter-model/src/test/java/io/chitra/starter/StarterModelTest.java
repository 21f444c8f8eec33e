package io.chitra.starter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StarterModelTest {

  @TempDir Path temp;

  @Test
  void unpacksEveryFileAndNothingElse() throws IOException {
    Path folder = StarterModel.unpack(temp.resolve("deep/model"));

    assertEquals(StarterModel.digests().keySet(), modelFiles(folder));
    assertEquals(Set.of("model"), names(temp.resolve("deep")));
  }

  @Test
  void reusesACompleteFolder() throws IOException {
    Path folder = StarterModel.unpack(temp.resolve("model"));
    Path file = folder.resolve("unet/model.onnx");
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(file, old);

    StarterModel.unpack(folder);

    assertEquals(old, Files.getLastModifiedTime(file));
  }

  @Test
  void replacesADamagedFolder() throws IOException {
    Path folder = StarterModel.unpack(temp.resolve("model"));
    Files.write(folder.resolve("unet/model.onnx"), new byte[10]);
    Files.delete(folder.resolve("chitra.json"));
    Files.writeString(folder.resolve("of-another-version.json"), "{}");

    StarterModel.unpack(folder);

    assertEquals(StarterModel.digests().keySet(), modelFiles(folder));
    assertTrue(Files.size(folder.resolve("unet/model.onnx")) > 10);
  }

  @Test
  void neverTouchesAFolderOfSomeoneElse() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("home"));
    Files.writeString(folder.resolve("thesis.txt"), "years of work");

    IOException e = assertThrows(IOException.class, () -> StarterModel.unpack(folder));

    assertTrue(e.toString().contains("thesis.txt"), e.toString());
    assertEquals(Set.of("thesis.txt"), names(folder));
  }

  @Test
  void unpacksOnceForManyAtATime() throws Exception {
    Path folder = temp.resolve("model");
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      Callable<Path> unpack = () -> StarterModel.unpack(folder);
      for (Future<Path> each : pool.invokeAll(List.of(unpack, unpack, unpack, unpack))) {
        assertEquals(folder, each.get());
      }
    } finally {
      pool.shutdown();
    }
    assertEquals(StarterModel.digests().keySet(), modelFiles(folder));
    assertEquals(Set.of("model"), names(temp));
  }

  private static Set<String> modelFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.startsWith("."))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
