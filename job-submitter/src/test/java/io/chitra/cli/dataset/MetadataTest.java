package io.chitra.cli.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataTest {

  private static final byte[] FILE = {1};

  private final Metadata metadata = new Metadata();

  @Test
  void labelColumnsAreNeverTakenForFiles() {
    assertEquals("label_colour", Metadata.labelColumn("colour"));
    assertEquals("label_file_name_", Metadata.labelColumn("file_name"));
    assertEquals("label_file_name__", Metadata.labelColumn("file_name_"));
    assertEquals("label_x_file_names_", Metadata.labelColumn("x_file_names"));
  }

  @Test
  void rowsThatFirstShowALateColumnComeToTheHead() {
    metadata.see(0, TestRecords.record("a", 0, FILE).build());
    metadata.see(90_000, TestRecords.record("b", 0, FILE).setLabels(Map.of("wind", 3L)).build());
    metadata.see(80_000, TestRecords.record("c", 0, FILE).setLabels(Map.of("wind", 2L)).build());
    metadata.see(70_000, TestRecords.record("d", 0, FILE).setNegativePrompt("").build());

    assertEquals(List.of(70_000, 80_000), List.copyOf(metadata.head()));
  }

  @Test
  void nothingComesToTheHeadWhereTheFirstRowsShowEveryColumn() {
    metadata.see(3, TestRecords.record("a", 0, FILE).setLabels(Map.of("wind", 3L)).build());
    metadata.see(90_000, TestRecords.record("b", 0, FILE).setLabels(Map.of("wind", 3L)).build());

    assertEquals(List.of(), List.copyOf(metadata.head()));
  }
}
