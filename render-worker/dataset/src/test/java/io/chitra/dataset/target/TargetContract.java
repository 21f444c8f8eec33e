package io.chitra.dataset.target;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every target must do. Each test works in an empty one. */
abstract class TargetContract {

  private static final String TEXT = "text/plain";

  private Target target;

  /** An empty target. */
  abstract Target open() throws Exception;

  @BeforeEach
  final void openTarget() throws Exception {
    target = open();
  }

  @AfterEach
  final void closeTarget() {
    target.close();
  }

  @Test
  void keepsWhatIsPut(@TempDir Path folder) throws IOException {
    byte[] bytes = new byte[3 << 20];
    new Random(1).nextBytes(bytes);
    target.put("train/00000.tar", Files.write(folder.resolve("from"), bytes), "application/x-tar");
    target.put("a", text("one"), TEXT);

    assertArrayEquals(bytes, target.read("train/00000.tar"));
    assertEquals(OptionalLong.of(bytes.length), target.size("train/00000.tar"));
    target.download("train/00000.tar", folder.resolve("to"));
    assertEquals(-1, Files.mismatch(folder.resolve("from"), folder.resolve("to")));
    assertEquals("one", read("a"));
  }

  @Test
  void putsOverWhatIsThere(@TempDir Path folder) throws IOException {
    target.put("a", text("one, and more"), TEXT);
    target.put("a", text("two"), TEXT);
    target.download("a", Files.writeString(folder.resolve("to"), "something longer than that"));

    assertEquals("two", read("a"));
    assertEquals("two", Files.readString(folder.resolve("to")));
  }

  @Test
  void saysWhatIsNotThere(@TempDir Path folder) throws IOException {
    assertEquals(OptionalLong.empty(), target.size("none"));
    assertThrows(NoSuchFileException.class, () -> target.read("none"));
    assertThrows(NoSuchFileException.class, () -> target.download("none", folder.resolve("to")));
    target.delete("none/of/these");
    assertEquals(List.of(), names(""));
  }

  @Test
  void listsInTheOrderOfBytes() throws IOException {
    List<String> files = List.of(".chitra/plan.json", "a-b/c", "a/b", "a0", "ab/c/d", "z", "নীল");
    for (int i = files.size() - 1; i >= 0; i--) {
      target.put(files.get(i), text("x"), TEXT);
    }

    assertEquals(files, names(""));
    assertEquals(List.of("a-b/c", "a/b", "a0", "ab/c/d"), names("a"));
    assertEquals(List.of("a/b"), names("a/"));
    assertEquals(List.of("ab/c/d"), names("ab/c/d"));
    assertEquals(List.of(), names("b"));
  }

  @Test
  void nothingIsLeftOfWhatIsDeleted() throws IOException {
    target.put("a/b/c", text("x"), TEXT);
    target.put("a/d", text("x"), TEXT);
    target.delete("a/b/c");

    assertEquals(List.of("a/d"), names(""));
    target.delete("a/d");
    target.put("a", text("a file now"), TEXT);
    assertEquals(List.of("a"), names(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/etc/passwd", "..", "a/../../b", "a//b", "a/", "./a", "a\\b", "a\nb"})
  void namesNeverLeaveIt(String name) {
    assertThrows(IllegalArgumentException.class, () -> target.put(name, text("x"), TEXT));
    assertThrows(IllegalArgumentException.class, () -> target.read(name));
    assertThrows(IllegalArgumentException.class, () -> target.size(name));
    assertThrows(IllegalArgumentException.class, () -> target.delete(name));
  }

  @Test
  void ofManyWhoPutIfAbsentOneSucceeds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 8; round++) {
        String name = ".chitra/pin-" + round;
        List<Callable<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          String mine = "of " + i;
          tasks.add(() -> target.putIfAbsent(name, text(mine), TEXT) ? mine : "");
        }
        List<String> winners = new ArrayList<>();
        for (Future<String> future : threads.invokeAll(tasks)) {
          winners.add(future.get());
        }
        winners.removeIf(String::isEmpty);
        assertEquals(List.of(read(name)), winners);
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(8, names("").size(), "what did not succeed leaves nothing");
  }

  @Test
  void manyThreadsPutAndDeleteAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Object>> tasks = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String name = "folder-%d/%02d".formatted(i % 4, i);
        tasks.add(
            () -> {
              target.put(name, text(name), TEXT);
              target.put("passing/" + name, text(name), TEXT);
              target.delete("passing/" + name);
              return name;
            });
      }
      for (Future<Object> future : threads.invokeAll(tasks)) {
        String name = (String) future.get();
        assertEquals(name, read(name));
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(64, names("").size());
  }

  private List<String> names(String prefix) {
    List<String> names = new ArrayList<>();
    target.list(prefix).forEach(names::add);
    return names;
  }

  private String read(String name) throws IOException {
    return new String(target.read(name), UTF_8);
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }
}
