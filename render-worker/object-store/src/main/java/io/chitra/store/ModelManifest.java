package io.chitra.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a model in the store consists of; put after all of its files, so that a model with a
 * manifest is whole.
 */
record ModelManifest(String digest, List<ModelFile> files) {

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  ModelManifest {
    files = List.copyOf(files);
  }

  byte[] toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter()
          .writeValueAsString(this)
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts and numbers are always JSON", e);
    }
  }

  /**
   * Reads the manifest of the model with the given digest.
   *
   * @throws IOException when it is none, is of another model, or names files outside of its folder
   */
  static ModelManifest parse(byte[] json, String digest) throws IOException {
    ModelManifest manifest = JSON.readValue(json, ModelManifest.class);
    for (ModelFile file : manifest.files()) {
      if (!SHA256.matcher(file.sha256()).matches() || !isInside(file.path())) {
        throw new IOException("it names a file " + file.path() + " that cannot be");
      }
    }
    String actual = ModelDigest.of(manifest.files());
    if (!actual.equals(digest)) {
      throw new IOException("its files are those of the model " + actual);
    }
    return manifest;
  }

  long bytes() {
    return files.stream().mapToLong(ModelFile::bytes).sum();
  }

  private static boolean isInside(String path) {
    return !path.isEmpty()
        && path.indexOf('\\') < 0
        && path.indexOf('\0') < 0
        && List.of(path.split("/", -1)).stream()
            .noneMatch(name -> name.startsWith(".") || name.isEmpty());
  }
}
