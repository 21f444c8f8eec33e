package io.chitra.cli.check;

import io.chitra.cli.topics.Place;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What tells jobs apart, short: 128 bits of a hash of dataset and id. */
record JobKey(long high, long low) {

  static JobKey of(String dataset, String job) {
    return hashed("j" + dataset + "\0" + job);
  }

  /** Of a record that is no job: the submission stands for itself. */
  static JobKey of(Place unreadable) {
    return hashed("u" + unreadable);
  }

  private static JobKey hashed(String text) {
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
      return new JobKey(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  int bucket(int buckets) {
    return (int) Long.remainderUnsigned(high, buckets);
  }
}
