package io.chitra.diffusion.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.diffusion.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A CLIP tokenizer in the format of Hugging Face's tokenizers library: read from {@code
 * tokenizer.json}, or made of {@code vocab.json} and {@code merges.txt} as transformers' {@code
 * CLIPTokenizer} makes it.
 */
final class TokenizerJson {

  private static final JsonMapper JSON = new JsonMapper();

  /** Words, single digits, and runs of other signs. */
  private static final String WORDS =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private final ObjectNode root;

  private TokenizerJson(ObjectNode root) {
    this.root = root;
  }

  static TokenizerJson read(Path model, String name, SpecialTokens special)
      throws DiffusionException {
    Path folder = model.resolve(name);
    try {
      ObjectNode root =
          Files.exists(folder.resolve("tokenizer.json"))
              ? object(JSON.readTree(folder.resolve("tokenizer.json").toFile()), "tokenizer.json")
              : fromVocabulary(model, folder, special);
      root.putNull("truncation");
      root.putNull("padding");
      return new TokenizerJson(root);
    } catch (IOException e) {
      throw DiffusionException.permanent(
          "Cannot read the %s of model %s: %s".formatted(name, model, e), e);
    }
  }

  String text() {
    return root.toString();
  }

  /** The id of a token by its text. */
  int id(String token) throws DiffusionException {
    for (JsonNode added : root.path("added_tokens")) {
      if (added.path("content").asText().equals(token)) {
        return added.path("id").intValue();
      }
    }
    JsonNode id = root.path("model").path("vocab").path(token);
    if (!id.isInt()) {
      throw DiffusionException.permanent(
          "Cannot use the tokenizer: its vocabulary has no token " + token);
    }
    return id.intValue();
  }

  private static ObjectNode fromVocabulary(Path model, Path folder, SpecialTokens special)
      throws IOException, DiffusionException {
    for (String name : List.of("vocab.json", "merges.txt")) {
      if (!Files.exists(folder.resolve(name))) {
        throw DiffusionException.permanent(
            "Cannot read the tokenizer of model %s: it has neither %s/tokenizer.json nor %s/%s"
                .formatted(model, folder.getFileName(), folder.getFileName(), name));
      }
    }
    ObjectNode vocab = object(JSON.readTree(folder.resolve("vocab.json").toFile()), "vocab.json");
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    addSpecial(root.putArray("added_tokens"), vocab, special);
    root.set("normalizer", normalizer());
    root.set("pre_tokenizer", preTokenizer());
    root.set("post_processor", postProcessor(vocab, special));
    root.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", true)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode bpe =
        root.putObject("model")
            .put("type", "BPE")
            .put("unk_token", special.unk())
            .put("continuing_subword_prefix", "")
            .put("end_of_word_suffix", "</w>")
            .put("fuse_unk", false)
            .put("byte_fallback", false)
            .put("ignore_merges", false);
    bpe.putNull("dropout");
    bpe.set("vocab", vocab);
    ArrayNode merges = bpe.putArray("merges");
    for (String line : Files.readAllLines(folder.resolve("merges.txt"))) {
      if (!line.isBlank() && !line.startsWith("#version")) {
        merges.add(line);
      }
    }
    return root;
  }

  /** In the order of ids, which is the order the library wants. */
  private static void addSpecial(ArrayNode added, ObjectNode vocab, SpecialTokens special)
      throws DiffusionException {
    Map<Integer, String> byId = new TreeMap<>();
    for (String token : List.of(special.bos(), special.eos(), special.pad(), special.unk())) {
      byId.put(vocabularyId(vocab, token), token);
    }
    byId.forEach(
        (id, token) ->
            added
                .addObject()
                .put("id", id)
                .put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", token.equals(special.bos()))
                .put("special", true));
  }

  private static ObjectNode normalizer() {
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("normalizers");
    steps.addObject().put("type", "NFC");
    ObjectNode spaces = steps.addObject().put("type", "Replace").put("content", " ");
    spaces.putObject("pattern").put("Regex", "\\s+");
    steps.addObject().put("type", "Lowercase");
    return sequence;
  }

  private static ObjectNode preTokenizer() {
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    ObjectNode split =
        steps.addObject().put("type", "Split").put("behavior", "Removed").put("invert", true);
    split.putObject("pattern").put("Regex", WORDS);
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    return sequence;
  }

  private static ObjectNode postProcessor(ObjectNode vocab, SpecialTokens special)
      throws DiffusionException {
    ObjectNode roberta =
        JSON.createObjectNode()
            .put("type", "RobertaProcessing")
            .put("trim_offsets", false)
            .put("add_prefix_space", false);
    roberta.putArray("sep").add(special.eos()).add(vocabularyId(vocab, special.eos()));
    roberta.putArray("cls").add(special.bos()).add(vocabularyId(vocab, special.bos()));
    return roberta;
  }

  private static int vocabularyId(ObjectNode vocab, String token) throws DiffusionException {
    JsonNode id = vocab.path(token);
    if (!id.isInt()) {
      throw DiffusionException.permanent(
          "Cannot use the tokenizer: tokenizer/vocab.json has no token " + token);
    }
    return id.intValue();
  }

  private static ObjectNode object(JsonNode node, String name) throws DiffusionException {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw DiffusionException.permanent(
        "Cannot read tokenizer/%s: it is no JSON object".formatted(name));
  }
}
