package io.chitra.dataset.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.DatasetRow;
import io.chitra.schemas.ImageRecord;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class RecordColumnsTest {

  /** What readers get by other names, or not at all. */
  private static final Map<String, List<String>> OTHERWISE =
      Map.of(
          "labels", List.of(),
          "submission", List.of("submission_topic", "submission_partition", "submission_offset"),
          "image", List.of("input_image_uri", "input_image_sha256"),
          "mask_image", List.of("mask_image_uri", "mask_image_sha256"),
          "vae", List.of("vae_name", "vae_digest"),
          "output_format", List.of(),
          "content_type", List.of(),
          "file_bytes", List.of());

  /** What made a picture, rather than what it is. */
  private static final Set<String> LEFT_OUT = Set.of("rendered_at", "render_millis", "environment");

  @Test
  void everyFieldOfTheRecordHasItsColumns() {
    Set<String> expected = new TreeSet<>();
    for (Schema.Field field : ImageRecord.getClassSchema().getFields()) {
      if (!LEFT_OUT.contains(field.name())) {
        expected.addAll(OTHERWISE.getOrDefault(field.name(), List.of(field.name())));
      }
    }
    expected.addAll(List.of("result_partition", "result_offset"));

    Set<String> names =
        RecordColumns.of(Collections.emptySortedMap(), name -> true).stream()
            .map(Column::name)
            .collect(Collectors.toCollection(TreeSet::new));

    assertTrue(names.containsAll(expected), () -> "lacks " + without(expected, names));
  }

  private static Set<String> without(Set<String> all, Set<String> some) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }

  @Test
  void labelColumnsAreNeverTakenForFiles() {
    assertEquals("label_colour", RecordColumns.labelColumn("colour"));
    assertEquals("label_file_name_", RecordColumns.labelColumn("file_name"));
    assertEquals("label_file_name__", RecordColumns.labelColumn("file_name_"));
    assertEquals("label_x_file_names_", RecordColumns.labelColumn("x_file_names"));
  }

  @Test
  void optionalColumnsAreThereWhereAskedFor() {
    List<String> plain = names(name -> false);
    List<String> strong = names(name -> name.equals("strength"));

    assertEquals(plain.size() + 1, strong.size());
    assertTrue(strong.contains("strength"));
  }

  private static List<String> names(java.util.function.Predicate<String> present) {
    List<Column<DatasetRow>> columns =
        RecordColumns.of(new TreeMap<>(Map.of("wind", ColumnType.LONG)), present);
    return columns.stream().map(Column::name).toList();
  }
}
