package io.chitra.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreConfigTest {

  @ParameterizedTest
  @CsvSource({"'',''", "/,''", "team/a,team/a/", "/team/a/,team/a/"})
  void prefixesEndWithASlash(String given, String prefix) {
    assertEquals(prefix, StoreConfig.aws("eu-central-1", "chitra").withPrefix(given).prefix());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "Chitra", "-chitra", "s3://chitra"})
  void refusesBucketsThatCannotBe(String bucket) {
    assertThrows(IllegalArgumentException.class, () -> StoreConfig.aws("us-east-1", bucket));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:9000", "localhost", "//localhost", "http:///bucket"})
  void refusesEndpointsThatCannotBe(String endpoint) {
    StoreCredentials credentials = new StoreCredentials("key", "secret");
    assertThrows(
        IllegalArgumentException.class,
        () -> StoreConfig.at(URI.create(endpoint), "chitra", credentials));
  }

  @Test
  void neverShowsTheSecret() {
    StoreCredentials credentials = new StoreCredentials("key", "s3cr3t");
    StoreConfig config = StoreConfig.at(URI.create("http://localhost:9000"), "chitra", credentials);
    assertFalse(config.toString().contains("s3cr3t"));
    assertThrows(IllegalArgumentException.class, () -> new StoreCredentials("key", " "));
  }
}
