package io.chitra.dataset.publish;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.pack.ShardSummary.Model;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a published dataset is: {@code manifest.json}, without its list of files, which stands last
 * in it as {@code files} and may be long: name, bytes and SHA-256 of each, but of the manifest.
 *
 * @param version of this form of manifest: {@value #VERSION}
 * @param facts what was asked for
 * @param settings how it is packed
 * @param rows how many pictures it has
 * @param bytes of all its files but the manifest
 * @param splits rows of each split, in order; without splits, {@code train} has them all
 * @param classes rows of each class
 * @param shards how many
 * @param models what made its pictures
 * @param adapters LoRAs and VAEs besides
 * @param environments rows made in each environment class
 * @param failedGates rows that each gate failed
 * @param checksums the SHA-256 of {@code SHA256SUMS}, which names every other file: the version's
 *     own name
 */
public record Manifest(
    int version,
    DatasetFacts facts,
    PackSettings settings,
    long rows,
    long bytes,
    Map<String, Long> splits,
    SortedMap<String, Long> classes,
    long shards,
    List<Model> models,
    List<Model> adapters,
    SortedMap<String, Long> environments,
    SortedMap<String, Long> failedGates,
    String checksums) {

  public static final int VERSION = 1;

  static final String FILES = "files";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public Manifest {
    splits = Collections.unmodifiableMap(new LinkedHashMap<>(splits));
    classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
    models = List.copyOf(models);
    adapters = List.copyOf(adapters);
    environments = Collections.unmodifiableSortedMap(new TreeMap<>(environments));
    failedGates = Collections.unmodifiableSortedMap(new TreeMap<>(failedGates));
  }

  /** Writes its fields into an object that has begun. */
  void writeFields(JsonGenerator json) throws IOException {
    ObjectNode fields = JSON.valueToTree(this);
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      json.writeFieldName(field.getKey());
      JSON.writeTree(json, field.getValue());
    }
  }

  /**
   * Reads a manifest up to its files.
   *
   * @throws IOException also when it is none that this version of Chitra reads
   */
  static Manifest read(InputStream in) throws IOException {
    try (JsonParser json = JSON.createParser(in)) {
      ObjectNode fields = JSON.createObjectNode();
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("Cannot read manifest.json: it is no JSON object");
      }
      for (String name = json.nextFieldName();
          name != null && !name.equals(FILES);
          name = json.nextFieldName()) {
        json.nextToken();
        fields.set(name, JSON.readTree(json));
      }
      if (fields.path("version").asInt() != VERSION) {
        throw new IOException(
            "Cannot read manifest.json: it has version %s, and this Chitra reads version %d"
                .formatted(fields.path("version").asText("none"), VERSION));
      }
      return JSON.treeToValue(fields, Manifest.class);
    }
  }
}
