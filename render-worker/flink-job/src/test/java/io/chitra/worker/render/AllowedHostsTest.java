package io.chitra.worker.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

  private final AllowedHosts hosts =
      new AllowedHosts(List.of("Pictures.example.org", "cdn.example.org:8443", "a.b:443"));

  @ParameterizedTest
  @CsvSource({
    "https://pictures.example.org/a.png, true",
    "https://PICTURES.example.org/a.png, true",
    "https://pictures.example.org:443/a.png, true",
    "https://a.b/a.png, true",
    "https://cdn.example.org:8443/a.png, true",
    "https://cdn.example.org/a.png, false",
    "https://pictures.example.org:8443/a.png, false",
    "https://pictures.example.org:22/a.png, false",
    "https://example.org/a.png, false",
    "https://evil.pictures.example.org/a.png, false",
    "https://pictures.example.org.evil.com/a.png, false",
    "https://pictures.example.org./a.png, false",
    "https://127.0.0.1/a.png, false",
    "https://[::1]/a.png, false",
    "https://2130706433/a.png, false",
    "https://localhost/a.png, false"
  })
  void areTheOnesThatAreNamed(URI uri, boolean allowed) {
    assertEquals(allowed, hosts.test(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "127.0.0.1", "10.0.0.1:443", "[::1]", "*.example.org", "https://a.b", "a b"})
  void areNames(String host) {
    assertThrows(IllegalArgumentException.class, () -> new AllowedHosts(List.of(host)));
  }

  @Test
  void areNoneUnlessOneIsNamed() {
    assertEquals(false, new AllowedHosts(List.of()).test(URI.create("https://a.b/")));
  }
}
