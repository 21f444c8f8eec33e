package io.chitra.dataset.publish;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.pack.RegionLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The regions of a split's pictures as COCO's instances (https://cocodataset.org/#format-data):
 * boxes, and polygons or run lengths. Categories are the classes, or one for all. Memory holds one
 * region.
 */
final class Coco {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ANY = "region";

  private Coco() {}

  /**
   * Writes a split's file.
   *
   * @param regions files of {@link RegionLine}s, in the order of the dataset
   */
  static void write(Path file, PackSettings settings, DatasetFacts facts, List<Path> regions)
      throws IOException {
    List<String> categories = settings.classLabel() == null ? List.of(ANY) : settings.classes();
    try (JsonGenerator json = JSON.createGenerator(Files.newBufferedWriter(file))) {
      json.writeStartObject();
      json.writeObjectFieldStart("info");
      json.writeStringField(
          "description",
          "Regions that were drawn anew in the pictures of dataset " + facts.dataset());
      json.writeEndObject();
      json.writeArrayFieldStart("licenses");
      json.writeEndArray();
      json.writeArrayFieldStart("categories");
      for (int i = 0; i < categories.size(); i++) {
        json.writeStartObject();
        json.writeNumberField("id", i + 1);
        json.writeStringField("name", categories.get(i));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("images");
      each(regions, (id, region) -> image(json, id, region));
      json.writeEndArray();
      json.writeArrayFieldStart("annotations");
      each(regions, (id, region) -> annotation(json, id, region, categories));
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private interface Use {
    void of(long id, RegionLine region) throws IOException;
  }

  private static void each(List<Path> files, Use use) throws IOException {
    long id = 0;
    for (Path file : files) {
      try (MappingIterator<RegionLine> lines =
          JSON.readerFor(RegionLine.class).readValues(file.toFile())) {
        while (lines.hasNextValue()) {
          id++;
          use.of(id, lines.nextValue());
        }
      }
    }
  }

  private static void image(JsonGenerator json, long id, RegionLine region) throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", id);
    json.writeStringField("file_name", region.fileName());
    json.writeNumberField("width", region.width());
    json.writeNumberField("height", region.height());
    json.writeEndObject();
  }

  private static void annotation(
      JsonGenerator json, long id, RegionLine region, List<String> categories) throws IOException {
    int category = categories.indexOf(region.className() == null ? ANY : region.className()) + 1;
    if (category == 0) {
      throw new IOException("Cannot annotate %s: it has no class".formatted(region.fileName()));
    }
    json.writeStartObject();
    json.writeNumberField("id", id);
    json.writeNumberField("image_id", id);
    json.writeNumberField("category_id", category);
    json.writePOJOField("bbox", region.bbox());
    json.writeNumberField("area", region.area());
    json.writeNumberField("iscrowd", 0);
    if (region.polygon() != null) {
      json.writePOJOField("segmentation", List.of(region.polygon()));
    } else {
      json.writeObjectFieldStart("segmentation");
      json.writePOJOField("size", List.of(region.height(), region.width()));
      json.writePOJOField("counts", region.counts());
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
