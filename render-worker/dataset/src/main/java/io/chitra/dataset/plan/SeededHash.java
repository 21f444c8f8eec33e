package io.chitra.dataset.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A number for a picture or a job that looks random and depends on a seed and its name alone, so
 * that a choice by it is the same on every machine: the first eight bytes of SHA-256. Used by one
 * thread.
 */
final class SeededHash {

  private final MessageDigest sha256;
  private final byte[] seed;

  SeededHash(long seed) {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
    this.seed = ByteBuffer.allocate(Long.BYTES).putLong(seed).array();
  }

  long of(String job) {
    sha256.update(seed);
    return first(job.getBytes(StandardCharsets.UTF_8));
  }

  long of(String job, int index) {
    sha256.update(seed);
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(index).array());
    return first(job.getBytes(StandardCharsets.UTF_8));
  }

  private long first(byte[] rest) {
    return ByteBuffer.wrap(sha256.digest(rest)).getLong();
  }
}
