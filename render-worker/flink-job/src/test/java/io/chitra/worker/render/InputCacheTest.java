package io.chitra.worker.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputCacheTest {

  private final Path folder;
  private final InputCache cache;

  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  InputCacheTest(@TempDir Path folder) {
    this.folder = folder;
    this.cache = new InputCache(folder, 100, () -> now);
  }

  private void keep(String digest, int bytes) throws Exception {
    Path partial = cache.partial();
    Files.write(partial, new byte[bytes]);
    cache.keep(partial, digest);
  }

  private void later() {
    now = now.plus(InputCache.KEPT_AFTER_USE).plusSeconds(1);
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void thoseNotAskedForTheLongestGoFirst() throws Exception {
    keep("a", 40);
    later();
    keep("b", 40);
    later();
    assertTrue(cache.find("a").isPresent());
    later();
    keep("c", 40);

    assertEquals(List.of("a", "c"), names());
    assertEquals(Optional.empty(), cache.find("b"));
  }

  @Test
  void whatWasJustGivenOutStays() throws Exception {
    keep("a", 90);
    keep("b", 90);

    assertEquals(List.of("a", "b"), names());
  }

  @Test
  void whatAProcessLeftBehindGoesToo() throws Exception {
    Files.write(cache.partial(), new byte[90]);
    now = Instant.now();
    later();
    keep("a", 90);

    assertEquals(List.of("a"), names());
  }
}
