package io.chitra.diffusion.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.nio.file.Path;

/**
 * The tokens that stand for no text: {@code special_tokens_map.json}, then {@code
 * tokenizer_config.json}, then CLIP's own.
 */
record SpecialTokens(String bos, String eos, String pad, String unk) {

  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  static SpecialTokens read(Path model, String folder) throws DiffusionException {
    ConfigFile map = ConfigFile.readIfThere(model, folder + "/special_tokens_map.json");
    ConfigFile config = ConfigFile.readIfThere(model, folder + "/tokenizer_config.json");
    String eos = token("eos_token", map, config, END);
    return new SpecialTokens(
        token("bos_token", map, config, START),
        eos,
        token("pad_token", map, config, eos),
        token("unk_token", map, config, END));
  }

  private static String token(String key, ConfigFile map, ConfigFile config, String absent) {
    JsonNode value = map.value(key);
    if (value == null) {
      value = config.value(key);
    }
    if (value == null) {
      return absent;
    }
    return value.isObject() ? value.path("content").asText(absent) : value.asText(absent);
  }
}
