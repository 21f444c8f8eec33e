package io.chitra.diffusion.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * transformers' {@code CLIPTokenizer}: byte-level BPE, padded and truncated to the text encoder's
 * places.
 *
 * <p>Owns a native tokenizer until closed. Safe for many threads at once.
 */
public final class ClipTokenizer implements AutoCloseable {

  /** Ends a word in CLIP's vocabulary. */
  private static final String END_OF_WORD = "</w>";

  static {
    TokenizerLibrary.configure();
  }

  private final HuggingFaceTokenizer tokenizer;
  private final int maxLength;
  private final int padId;

  private ClipTokenizer(HuggingFaceTokenizer tokenizer, int maxLength, int padId) {
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    this.padId = padId;
  }

  /** Opens the first tokenizer in a model's folder. */
  public static ClipTokenizer open(Path model) throws DiffusionException {
    return open(model, "tokenizer", "text_encoder");
  }

  /**
   * Opens a tokenizer in a model's folder.
   *
   * @param folder of its files, within the model
   * @param encoder the folder of the text encoder that it works for
   */
  public static ClipTokenizer open(Path model, String folder, String encoder)
      throws DiffusionException {
    ConfigFile config = ConfigFile.read(model, encoder + "/config.json");
    return open(model, folder, config.integer("max_position_embeddings", 77));
  }

  /**
   * Opens a tokenizer in a model's folder.
   *
   * @param folder of its files, within the model; {@code .} where it is the same
   * @param places for tokens that the text encoder has
   */
  public static ClipTokenizer open(Path model, String folder, int places)
      throws DiffusionException {
    SpecialTokens special = SpecialTokens.read(model, folder);
    TokenizerJson json = TokenizerJson.read(model, folder, special);
    int maxLength = maxLength(model, folder, places);
    int padId = json.id(special.pad());
    try {
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(json.text().getBytes(StandardCharsets.UTF_8)),
              Map.of("truncation", "false", "padding", "false"));
      return new ClipTokenizer(tokenizer, maxLength, padId);
    } catch (IOException | RuntimeException e) {
      throw DiffusionException.permanent(
          "Cannot use the %s of model %s: %s".formatted(folder, model, e.getMessage()), e);
    }
  }

  /** The tokenizer's own limit, unless it is absent or beyond the places of the text encoder. */
  private static int maxLength(Path model, String folder, int places) throws DiffusionException {
    double limit =
        ConfigFile.readIfThere(model, folder + "/tokenizer_config.json")
            .number("model_max_length", places);
    if (limit < 2 || places < 2) {
      throw DiffusionException.permanent(
          "Cannot use the %s of model %s: a prompt of %.0f tokens has no place for start and end"
              .formatted(folder, model, Math.min(limit, places)));
    }
    return (int) Math.min(limit, places);
  }

  /** The ids of a prompt. Half a surrogate pair counts as U+FFFD. */
  public Tokens encode(String prompt) throws DiffusionException {
    try {
      long[] ids = tokenizer.encode(wellFormed(prompt), true, false).getIds();
      if (ids.length <= maxLength) {
        long[] padded = Arrays.copyOf(ids, maxLength);
        Arrays.fill(padded, ids.length, maxLength, padId);
        return new Tokens(padded, ids.length, null);
      }
      int kept = maxLength - 1;
      long[] truncated = Arrays.copyOf(ids, maxLength);
      truncated[kept] = ids[ids.length - 1];
      return new Tokens(truncated, maxLength, text(Arrays.copyOfRange(ids, kept, ids.length - 1)));
    } catch (RuntimeException e) {
      throw DiffusionException.permanent(
          "Cannot tokenize a prompt of %d characters: %s"
              .formatted(prompt.length(), e.getMessage()),
          e);
    }
  }

  private String text(long[] ids) {
    return tokenizer.decode(ids, false).replace(END_OF_WORD, " ").strip();
  }

  /** UTF-8 has no place for half a surrogate pair, nor has the native library. */
  private static String wellFormed(String text) {
    return text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
