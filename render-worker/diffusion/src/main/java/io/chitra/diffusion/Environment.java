package io.chitra.diffusion;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a picture's bits depend on besides its request and its model.
 *
 * @param facts name to value, in the order of names
 */
public record Environment(Map<String, String> facts) {

  /** Told in records, but decides no pixel: the pixel version does. */
  private static final String ENGINE = "engine";

  public Environment {
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
  }

  /**
   * A short name for all machines that make the same bits: the first 12 hex digits of the SHA-256
   * of the facts, one {@code name=value} a line. The engine's version is left out, since the pixel
   * version tells when pixels change.
   */
  public String environmentClass() {
    StringBuilder canonical = new StringBuilder();
    facts.forEach(
        (name, value) -> {
          if (!name.equals(ENGINE)) {
            canonical.append(name).append('=').append(value).append('\n');
          }
        });
    return HexFormat.of().formatHex(sha256(canonical.toString())).substring(0, 12);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
