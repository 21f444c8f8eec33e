package io.chitra.cli.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Rectangle;
import java.io.StringWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetadataTest {

  private static final byte[] FILE = {1};

  private final Metadata metadata = new Metadata();

  @Test
  void rowsThatFirstShowALateColumnComeToTheHead() {
    metadata.see(0, TestRecords.record("a", 0, FILE).build());
    metadata.see(90_000, TestRecords.record("b", 0, FILE).setLabels(Map.of("wind", 3L)).build());
    metadata.see(80_000, TestRecords.record("c", 0, FILE).setLabels(Map.of("wind", 2L)).build());
    metadata.see(70_000, TestRecords.record("d", 0, FILE).setNegativePrompt("").build());

    assertEquals(List.of(70_000, 80_000), List.copyOf(metadata.head()));
  }

  @Test
  void whatOnlySomeTasksSayHasColumnsWhereTheyDo() throws Exception {
    ImageRecord plain = TestRecords.record("a", 0, FILE).build();
    ImageRecord edit =
        TestRecords.record("b", 0, FILE)
            .setTask("inpainting")
            .setImage(new InputFile("s3://chitra/inputs/12", "12".repeat(32)))
            .setStrength(1.0)
            .setMask(new MaskShape(new Rectangle(1, 2, 3, 4), null))
            .setTimesteps(List.of(999, 499))
            .build();
    metadata.see(0, plain);
    metadata.see(1, edit);

    JsonNode first = row(plain);
    JsonNode second = row(edit);

    assertEquals("text_to_image", first.get("task").textValue());
    assertTrue(first.get("strength").isNull());
    assertTrue(first.get("mask").isNull());
    assertNull(first.get("eta"));
    assertEquals("inpainting", second.get("task").textValue());
    assertEquals("12".repeat(32), second.get("input_image_sha256").textValue());
    assertEquals(
        4,
        new JsonMapper()
            .readTree(second.get("mask").textValue())
            .at("/rectangle/height")
            .intValue());
    assertEquals("[999,499]", second.get("timesteps").toString());
    assertNull(second.get("image"));
    assertEquals(List.copyOf(names(first)), List.copyOf(names(second)));
  }

  @Test
  void aLabelOfSeveralTypesIsTextInEveryRow() throws Exception {
    ImageRecord number = TestRecords.record("a", 0, FILE).setLabels(Map.of("wind", 3L)).build();
    ImageRecord text = TestRecords.record("b", 0, FILE).setLabels(Map.of("wind", "no")).build();
    metadata.see(0, number);
    metadata.see(1, text);

    assertEquals("3", row(number).get("label_wind").textValue());
    assertEquals("no", row(text).get("label_wind").textValue());
  }

  private static Set<String> names(JsonNode row) {
    Set<String> names = new LinkedHashSet<>();
    row.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private JsonNode row(ImageRecord record) throws Exception {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonMapper().createGenerator(text)) {
      metadata.write(json, "a.png", new RowSpool.Row(0, 0, new byte[0]), record);
    }
    return new JsonMapper().readTree(text.toString());
  }

  @Test
  void nothingComesToTheHeadWhereTheFirstRowsShowEveryColumn() {
    metadata.see(3, TestRecords.record("a", 0, FILE).setLabels(Map.of("wind", 3L)).build());
    metadata.see(90_000, TestRecords.record("b", 0, FILE).setLabels(Map.of("wind", 3L)).build());

    assertEquals(List.of(), List.copyOf(metadata.head()));
  }
}
