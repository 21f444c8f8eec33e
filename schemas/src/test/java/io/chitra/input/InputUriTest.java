package io.chitra.input;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputUriTest {

  @Test
  void keysAreTakenAsTheyAreWritten() {
    assertEquals(
        Optional.of(new InputUri.S3("chitra", "a b/%20/ছবি.png")),
        InputUri.parse("s3://chitra/a b/%20/ছবি.png"));
  }

  @Test
  void addressesOfTheWebAreHttps() {
    assertEquals(
        Optional.of(new InputUri.Https(URI.create("https://example.org:8443/a.png?b=c"))),
        InputUri.parse("https://example.org:8443/a.png?b=c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.png",
        "/etc/passwd",
        "s3://",
        "s3://bucket",
        "s3://bucket/",
        "s3:///key",
        "http://example.org/a.png",
        "https:",
        "https:///a.png",
        "https://user@example.org/a.png",
        "https://example.org/a b.png",
        "ftp://example.org/a.png",
        "data:image/png;base64,AAAA"
      })
  void nothingElseIsAnAddress(String text) {
    assertEquals(Optional.empty(), InputUri.parse(text));
  }
}
