package io.chitra.dataset.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Very many names in little memory: eight bytes of each one's SHA-256. That a name is taken for one
 * of a million others happens once in 10^13. First all are added, then it is asked. Used by one
 * thread.
 */
final class NameSet {

  private long[] digests = new long[1024];
  private int size;
  private boolean sorted = true;

  void add(String name) {
    if (size == digests.length) {
      digests = Arrays.copyOf(digests, 2 * size);
    }
    digests[size++] = digest(name);
    sorted = false;
  }

  boolean contains(String name) {
    if (!sorted) {
      Arrays.sort(digests, 0, size);
      sorted = true;
    }
    return Arrays.binarySearch(digests, 0, size, digest(name)) >= 0;
  }

  private static long digest(String name) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
