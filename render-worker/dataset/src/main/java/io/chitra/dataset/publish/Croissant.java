package io.chitra.dataset.publish;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.pack.ShardReport.PutFile;
import io.chitra.dataset.pack.ShardWriters;
import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * A dataset's {@code croissant.json}: what it is and what its columns hold, for the tools that read
 * Croissant (https://docs.mlcommons.org/croissant/docs/croissant-spec.html, version 1.0).
 */
final class Croissant {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TABLES = "tables";
  private static final String PICTURES = "pictures";
  private static final String ROWS = "rows";

  private Croissant() {}

  /**
   * The whole file.
   *
   * @param archives the tar files, where there are any
   */
  static ObjectNode of(
      PackSettings settings,
      DatasetFacts facts,
      Totals totals,
      Layout layout,
      List<PutFile> archives) {
    ObjectNode root = JSON.createObjectNode();
    context(root.putObject("@context"));
    root.put("@type", "sc:Dataset");
    root.put("conformsTo", "http://mlcommons.org/croissant/1.0");
    root.put("name", facts.dataset());
    root.put(
        "description",
        "%d pictures rendered by Chitra from the jobs of dataset %s."
            .formatted(totals.rows, facts.dataset()));
    root.put("version", version(facts));
    root.put(
        "datePublished",
        Instant.ofEpochMilli(totals.newest).atOffset(ZoneOffset.UTC).toLocalDate().toString());
    ArrayNode licences = root.putArray("license");
    Licences.known(facts, totals).forEach(licences::add);
    if (licences.isEmpty()) {
      licences.add("unknown");
    }
    root.put("url", "urn:sha256:" + facts.request());
    distribution(root.putArray("distribution"), settings.format(), totals, layout, archives);
    ArrayNode recordSets = root.putArray("recordSet");
    rows(recordSets.addObject(), settings);
    switch (settings.format()) {
      case WEBDATASET, IMAGEFOLDER -> pictures(recordSets.addObject());
      case PARQUET, METADATA -> {}
    }
    if (!settings.classes().isEmpty()) {
      classes(recordSets.addObject(), settings.classes());
    }
    return root;
  }

  /** Semantic, as the specification asks; what follows the plus tells versions apart. */
  private static String version(DatasetFacts facts) {
    return "1.0.0+" + facts.request().substring(0, Math.min(12, facts.request().length()));
  }

  private static void context(ObjectNode context) {
    context.put("@language", "en");
    context.put("@vocab", "https://schema.org/");
    context.put("cr", "http://mlcommons.org/croissant/");
    context.put("rai", "http://mlcommons.org/croissant/RAI/");
    context.put("dct", "http://purl.org/dc/terms/");
    context.put("sc", "https://schema.org/");
    context.put("conformsTo", "dct:conformsTo");
    context.putObject("data").put("@id", "cr:data").put("@type", "@json");
    context.putObject("dataType").put("@id", "cr:dataType").put("@type", "@vocab");
    context.putObject("examples").put("@id", "cr:examples").put("@type", "@json");
    for (String term :
        List.of(
            "citeAs",
            "column",
            "equivalentProperty",
            "extract",
            "field",
            "fileProperty",
            "fileObject",
            "fileSet",
            "format",
            "includes",
            "isLiveDataset",
            "jsonPath",
            "key",
            "md5",
            "parentField",
            "path",
            "recordSet",
            "references",
            "regex",
            "repeated",
            "replace",
            "samplingRate",
            "separator",
            "source",
            "subField",
            "transform")) {
      context.put(term, "cr:" + term);
    }
  }

  private static void distribution(
      ArrayNode distribution,
      PackFormat format,
      Totals totals,
      Layout layout,
      List<PutFile> archives) {
    fileSet(
        distribution.addObject(),
        TABLES,
        "application/x-parquet",
        layout.tables(),
        "A row of metadata for each picture.");
    String pictures = totals.extensions.containsKey("png") ? "image/png" : "image/jpeg";
    List<String> names =
        totals.extensions.keySet().stream().map(extension -> "*." + extension).toList();
    if (format == PackFormat.WEBDATASET) {
      archives.forEach(archive -> archive(distribution.addObject(), archive));
      ArrayNode within =
          fileSet(
                  distribution.addObject(),
                  PICTURES,
                  pictures,
                  names,
                  "The pictures in the archives.")
              .putArray("containedIn");
      archives.forEach(archive -> within.addObject().put("@id", archive.name()));
    } else if (format == PackFormat.IMAGEFOLDER) {
      fileSet(
          distribution.addObject(),
          PICTURES,
          pictures,
          names.stream().map(name -> "**/" + name).toList(),
          "The pictures.");
    }
  }

  private static void archive(ObjectNode file, PutFile archive) {
    file.put("@type", "cr:FileObject");
    file.put("@id", archive.name());
    file.put("name", archive.name());
    file.put("description", "Pictures, prompts and metadata, as WebDataset.");
    file.put("contentUrl", archive.name());
    file.put("contentSize", archive.bytes() + " B");
    file.put("encodingFormat", "application/x-tar");
    file.put("sha256", archive.sha256());
  }

  private static ObjectNode fileSet(
      ObjectNode set, String id, String type, List<String> includes, String description) {
    set.put("@type", "cr:FileSet");
    set.put("@id", id);
    set.put("name", id);
    set.put("description", description);
    set.put("encodingFormat", type);
    ArrayNode patterns = set.putArray("includes");
    includes.forEach(patterns::add);
    return set;
  }

  private static void rows(ObjectNode set, PackSettings settings) {
    ArrayNode fields = recordSet(set, ROWS, "A picture each.");
    for (Column<?> column : ShardWriters.columns(settings)) {
      ObjectNode field = field(fields, ROWS, column.name(), type(column.type()));
      if (column.type() == ColumnType.INTS || column.type() == ColumnType.STRINGS) {
        field.put("repeated", true);
      }
      ObjectNode source = field.putObject("source");
      source.putObject("fileSet").put("@id", TABLES);
      source.putObject("extract").put("column", column.name());
      if (column.type() == ColumnType.PICTURE) {
        source.putObject("transform").put("jsonPath", "bytes");
      }
    }
  }

  private static void pictures(ObjectNode set) {
    ArrayNode fields = recordSet(set, "files", "A picture's file each.");
    for (Map.Entry<String, String> property :
        List.of(Map.entry("filename", "sc:Text"), Map.entry("content", "sc:ImageObject"))) {
      ObjectNode source =
          field(fields, "files", property.getKey(), property.getValue()).putObject("source");
      source.putObject("fileSet").put("@id", PICTURES);
      source.putObject("extract").put("fileProperty", property.getKey());
    }
  }

  private static void classes(ObjectNode set, List<String> classes) {
    ArrayNode fields = recordSet(set, "classes", "The classes, in the order of their numbers.");
    set.put("dataType", "sc:Enumeration");
    set.putObject("key").put("@id", "classes/name");
    field(fields, "classes", "name", "sc:Text");
    ArrayNode data = set.putArray("data");
    classes.forEach(name -> data.addObject().put("classes/name", name));
  }

  private static ArrayNode recordSet(ObjectNode set, String id, String description) {
    set.put("@type", "cr:RecordSet");
    set.put("@id", id);
    set.put("name", id);
    set.put("description", description);
    return set.putArray("field");
  }

  private static ObjectNode field(ArrayNode fields, String set, String name, String type) {
    ObjectNode field = fields.addObject();
    field.put("@type", "cr:Field");
    field.put("@id", set + "/" + name);
    field.put("name", name);
    field.put("dataType", type);
    return field;
  }

  private static String type(ColumnType type) {
    return switch (type) {
      case STRING, STRINGS -> "sc:Text";
      case INT, LONG, UINT8, UINT16, UINT32, INTS, CLASS -> "sc:Integer";
      case FLOAT, DOUBLE -> "sc:Float";
      case BOOLEAN -> "sc:Boolean";
      case TIMESTAMP -> "sc:Date";
      case PICTURE -> "sc:ImageObject";
    };
  }
}
