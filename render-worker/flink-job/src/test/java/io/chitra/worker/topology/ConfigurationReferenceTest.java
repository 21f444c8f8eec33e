package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

  private static final Path PAGE = Path.of("../../docs/configuration.md");

  @Test
  void saysWhatTheOptionsSay() throws IOException {
    if (System.getProperty("chitra.write-reference") != null) {
      Files.writeString(PAGE, ConfigurationReference.page());
    }
    assertEquals(Files.readString(PAGE), ConfigurationReference.page());
  }
}
