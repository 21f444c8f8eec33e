package io.chitra.input;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Where a file lies that a job names. Immutable. */
public sealed interface InputUri {

  /** {@code s3://BUCKET/KEY}. The key is taken as it is written, without escapes. */
  record S3(String bucket, String key) implements InputUri {

    @Override
    public String toString() {
      return S3_PREFIX + bucket + "/" + key;
    }
  }

  /** {@code https://HOST/PATH}, without user and password. */
  record Https(URI uri) implements InputUri {

    @Override
    public String toString() {
      return uri.toString();
    }
  }

  String S3_PREFIX = "s3://";
  String HTTPS_PREFIX = "https://";

  /** Reads a URI; empty when it is of neither form. */
  static Optional<InputUri> parse(String text) {
    if (text.startsWith(S3_PREFIX)) {
      int slash = text.indexOf('/', S3_PREFIX.length());
      return slash > S3_PREFIX.length() && slash + 1 < text.length()
          ? Optional.of(
              new S3(text.substring(S3_PREFIX.length(), slash), text.substring(slash + 1)))
          : Optional.empty();
    }
    try {
      return Optional.of(new URI(text)).filter(InputUri::isHttps).map(Https::new);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Whether a URI is of the form that {@link Https} holds. */
  static boolean isHttps(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme())
        && uri.getHost() != null
        && uri.getRawUserInfo() == null;
  }
}
