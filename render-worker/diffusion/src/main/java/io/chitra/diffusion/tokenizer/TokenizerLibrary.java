package io.chitra.diffusion.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Settings of the native library behind the tokenizer, which it reads from system properties when
 * it is first used. It is unpacked from its jar into the user's home.
 */
final class TokenizerLibrary {

  private static final String CACHE = "ENGINE_CACHE_DIR";

  private TokenizerLibrary() {}

  /** Lets it never use the network, and do without a home that can be written to. */
  static void configure() {
    System.setProperty("ai.djl.offline", "true");
    if (System.getProperty(CACHE) == null
        && !Files.isWritable(Path.of(System.getProperty("user.home")))) {
      try {
        System.setProperty(CACHE, Files.createTempDirectory("chitra-tokenizers-").toString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
