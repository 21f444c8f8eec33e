package io.chitra.cli.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowSpoolTest {

  @TempDir Path folder;

  @Test
  void rowsAreReadByPositionInWhateverOrderTheyCame() throws Exception {
    try (RowSpool spool = RowSpool.open(folder)) {
      spool.put(1_000_000, new RowSpool.Row(3, 99L, new byte[] {7, 8}));
      spool.put(2, new RowSpool.Row(0, 5L, new byte[0]));

      RowSpool.Row late = spool.at(1_000_000).orElseThrow();
      assertEquals(3, late.partition());
      assertEquals(99L, late.offset());
      assertArrayEquals(new byte[] {7, 8}, late.value());
      assertEquals(5L, spool.at(2).orElseThrow().offset());
      assertTrue(spool.at(0).isEmpty());
      assertTrue(spool.at(1_000_001).isEmpty());
      assertEquals(1_000_001, spool.positions());
    }
  }

  @Test
  void aLaterRowReplacesAnEarlierOne() throws Exception {
    try (RowSpool spool = RowSpool.open(folder)) {
      spool.put(0, new RowSpool.Row(0, 1L, new byte[] {1}));
      spool.put(0, new RowSpool.Row(0, 2L, new byte[] {2}));

      assertEquals(2L, spool.at(0).orElseThrow().offset());
    }
  }

  @Test
  void twoRunsNeverWriteOneFolder() throws Exception {
    try (RowSpool first = RowSpool.open(folder)) {
      first.put(0, new RowSpool.Row(0, 1L, new byte[] {1}));

      assertThrows(DatasetException.class, () -> RowSpool.open(folder));

      assertEquals(1L, first.at(0).orElseThrow().offset());
    }
  }

  @Test
  void whatAKilledRunLeftIsForgotten() throws Exception {
    Files.write(folder.resolve(".chitra-rows"), new byte[100]);
    Files.write(folder.resolve(".chitra-index"), new byte[100]);

    try (RowSpool spool = RowSpool.open(folder)) {
      assertEquals(0, spool.positions());
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    RowSpool.open(folder).close();

    assertEquals(0, files());
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
