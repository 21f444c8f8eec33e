package io.chitra.job;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over named values in one unambiguous form: every name and value with its type and its
 * length, so that no two different contents look alike. What is null is left out. The caller adds
 * values in a fixed order. For one digest and one thread.
 */
final class Canonical {

  private final MessageDigest sha256;

  /** A digest of its own for each purpose and version of its content. */
  Canonical(String purpose) {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
    bytes('p', purpose.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Adds a String, an Integer, a Long, a Double, a Boolean, a list of such values or records, or a
   * record of them.
   */
  Canonical add(String name, @Nullable Object value) {
    if (value == null) {
      return this;
    }
    bytes('n', name.getBytes(StandardCharsets.UTF_8));
    if (value instanceof String text) {
      bytes('s', text.getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof Integer || value instanceof Long) {
      bytes('i', Long.toString(((Number) value).longValue()).getBytes(StandardCharsets.US_ASCII));
    } else if (value instanceof Double number) {
      // -0.0 and 0.0 are one number.
      long bits = Double.doubleToLongBits(number + 0.0);
      bytes('d', ByteBuffer.allocate(Long.BYTES).putLong(bits).array());
    } else if (value instanceof Boolean flag) {
      bytes('b', new byte[] {(byte) (flag ? 1 : 0)});
    } else if (value instanceof List<?> list) {
      bytes('l', ByteBuffer.allocate(Integer.BYTES).putInt(list.size()).array());
      list.forEach(item -> add("", item));
    } else if (value instanceof IndexedRecord record) {
      bytes('r', new byte[0]);
      record.getSchema().getFields().forEach(f -> add(f.name(), record.get(f.pos())));
      bytes('e', new byte[0]);
    } else {
      throw new IllegalArgumentException("no canonical form of " + value.getClass());
    }
    return this;
  }

  byte[] digest() {
    return sha256.digest();
  }

  private void bytes(char type, byte[] value) {
    sha256.update(ByteBuffer.allocate(5).put((byte) type).putInt(value.length).flip());
    sha256.update(value);
  }
}
