package io.chitra.diffusion.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.diffusion.DiffusionException;
import java.nio.file.Path;
import java.util.Map;

/**
 * How diffusers trained a LoRA, where its file says so: PEFT's {@code LoraConfig} of each part, its
 * keys after the part's name. It tells the scales of layers that have no alpha of their own.
 */
final class AdapterMetadata {

  private static final String KEY = "lora_adapter_metadata";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JsonNode config;

  private AdapterMetadata(JsonNode config) {
    this.config = config;
  }

  static AdapterMetadata read(Path path, SafetensorsFile file) throws DiffusionException {
    String json = file.metadata(KEY);
    try {
      return new AdapterMetadata(JSON.readTree(json == null ? "{}" : json));
    } catch (JsonProcessingException e) {
      throw DiffusionException.permanent(
          "Cannot use LoRA %s: its %s is not JSON: %s".formatted(path, KEY, e.getOriginalMessage()),
          e);
    }
  }

  /** What PEFT multiplies {@code up @ down} by: alpha / rank, or alpha / sqrt(rank) for rsLoRA. */
  double scale(String part, String module, double rank) {
    JsonNode alpha = config.path(part + ".lora_alpha");
    for (Map.Entry<String, JsonNode> own : config.path(part + ".alpha_pattern").properties()) {
      String pattern = own.getKey().replace('.', '_').replaceFirst("^text_model_", "");
      if (module.equals(pattern) || module.endsWith("_" + pattern)) {
        alpha = own.getValue();
      }
    }
    boolean rankStabilized = config.path(part + ".use_rslora").asBoolean();
    return alpha.asDouble(rank) / (rankStabilized ? Math.sqrt(rank) : rank);
  }
}
