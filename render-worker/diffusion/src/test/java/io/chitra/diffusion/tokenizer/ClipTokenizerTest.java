package io.chitra.diffusion.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Golden;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path temp;

  @Test
  void givesTheIdsThatTransformersGives() throws Exception {
    assertGolden(Golden.starterModel());
  }

  @Test
  void givesTheSameIdsFromVocabularyAndMerges() throws Exception {
    Path model = modelWithout("tokenizer.json");
    assertGolden(model);
  }

  private static void assertGolden(Path model) throws Exception {
    try (ClipTokenizer tokenizer = ClipTokenizer.open(model)) {
      for (JsonNode golden : Golden.json("tokenizer.json").get("cases")) {
        String text = golden.get("text").asText();
        long[] expected = new long[golden.get("input_ids").size()];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = golden.get("input_ids").get(i).asLong();
        }
        assertArrayEquals(expected, tokenizer.encode(text).inputIds(), text);
      }
    }
  }

  /**
   * Texts in all scripts, with emoji, control characters and all normal forms. {@code
   * -Dchitra.test.texts=FILE} takes others, as {@code make/random_texts.py} writes them.
   */
  @Test
  void givesTheIdsThatTransformersGivesForAnyText() throws Exception {
    String file = System.getProperty("chitra.test.texts");
    assertRandom(Golden.starterModel(), file);
    assertRandom(modelWithout("tokenizer.json"), file);
  }

  private static void assertRandom(Path model, @Nullable String file) throws Exception {
    try (ClipTokenizer tokenizer = ClipTokenizer.open(model);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(
                        file == null
                            ? Golden.open("random-texts.jsonl.gz")
                            : Files.newInputStream(Path.of(file))),
                    StandardCharsets.UTF_8))) {
      int texts = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode golden = JSON.readTree(line);
        long[] ids = tokenizer.encode(golden.get("text").asText()).inputIds();
        JsonNode expected = golden.get("ids");
        for (int i = 0; i < ids.length; i++) {
          long id = expected.get(Math.min(i, expected.size() - 1)).asLong();
          assertEquals(id, ids[i], "token " + i + " of " + line);
        }
        texts++;
      }
      assertTrue(texts >= 4000, texts + " texts");
    }
  }

  @Test
  void tellsTheEndOfAPromptThatIsTooLong() throws Exception {
    try (ClipTokenizer tokenizer = ClipTokenizer.open(Golden.starterModel())) {
      assertNull(tokenizer.encode("a ".repeat(75)).truncated());
      assertEquals("a a ন ী ল cat", tokenizer.encode("a ".repeat(77) + "নীল cat").truncated());
    }
  }

  @Test
  void takesWhatIsNoText() throws Exception {
    try (ClipTokenizer tokenizer = ClipTokenizer.open(Golden.starterModel())) {
      assertArrayEquals(
          tokenizer.encode("red \ufffd car").inputIds(),
          tokenizer.encode("red \ud83d car").inputIds());
      assertEquals(77, tokenizer.encode("nul \0 inside").inputIds().length);
      assertEquals(77, tokenizer.encode("\ud83d\ude97".repeat(10_000)).inputIds().length);
    }
  }

  @Test
  void takesTheShorterOfItsLimitAndTheEncodersPlaces() throws Exception {
    Path model = modelWithout();
    Files.writeString(
        model.resolve("text_encoder/config.json"), "{\"max_position_embeddings\": 9}");
    try (ClipTokenizer tokenizer = ClipTokenizer.open(model)) {
      assertEquals(9, tokenizer.encode("a red car").inputIds().length);
    }
  }

  @Test
  void padsWithThePadToken() throws Exception {
    Path model = modelWithout("tokenizer.json");
    Files.writeString(
        model.resolve("tokenizer/special_tokens_map.json"),
        "{\"pad_token\": {\"content\": \"!\"}}");
    long exclamation =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(model.resolve("tokenizer/vocab.json").toFile())
            .get("!")
            .asLong();
    try (ClipTokenizer tokenizer = ClipTokenizer.open(model)) {
      long[] ids = tokenizer.encode("a car").inputIds();
      assertEquals(exclamation, ids[76]);
    }
  }

  @Test
  void namesWhatIsMissing() throws Exception {
    Path model = modelWithout("tokenizer.json", "merges.txt");
    DiffusionException e = assertThrows(DiffusionException.class, () -> ClipTokenizer.open(model));
    assertTrue(e.permanent());
    assertTrue(e.toString().contains("merges.txt"), e.toString());
  }

  @Test
  void refusesABrokenFile() throws Exception {
    Path model = modelWithout();
    Files.writeString(model.resolve("tokenizer/tokenizer.json"), "{\"version\": \"1.0\"");
    DiffusionException e = assertThrows(DiffusionException.class, () -> ClipTokenizer.open(model));
    assertTrue(e.permanent());
  }

  private Path modelWithout(String... names) throws IOException {
    Path starter = Golden.starterModel();
    Files.createDirectories(temp.resolve("tokenizer"));
    Files.createDirectories(temp.resolve("text_encoder"));
    Files.copy(
        starter.resolve("text_encoder/config.json"), temp.resolve("text_encoder/config.json"));
    try (var files = Files.list(starter.resolve("tokenizer"))) {
      for (Path file : files.toList()) {
        if (!List.of(names).contains(file.getFileName().toString())) {
          Files.copy(file, temp.resolve("tokenizer").resolve(file.getFileName()));
        }
      }
    }
    return temp;
  }
}
