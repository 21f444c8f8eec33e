package io.chitra.store;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A bucket, or the part of one under a prefix. Keys are given without that prefix. Objects come
 * into being whole or not at all.
 *
 * <p>No method blocks but {@link #list}, whose iterator does. Futures complete with a {@link
 * StoreException} when the store failed; {@link StoreException#permanent} tells whether asking
 * again may help. Implementations retry by themselves what is worth it. Safe for use by several
 * threads; close it after its last future has completed.
 */
public interface ObjectStore extends AutoCloseable {

  /** The bucket's name. */
  String bucket();

  /** The key within the bucket: the prefix and the given key. */
  String objectKey(String key);

  /** Where an object is, for a person: {@code s3://BUCKET/KEY}, or a path. */
  default String address(String key) {
    return "s3://" + bucket() + "/" + objectKey(key);
  }

  /**
   * Puts an object unless the key is taken.
   *
   * @param metadata names and values of visible ASCII characters, 2 KB in all
   */
  CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata);

  /** Puts an object, in place of one that may be there. */
  CompletableFuture<Void> put(
      String key, byte[] body, String contentType, Map<String, String> metadata);

  /** Puts a file of any size, in place of an object that may be there. */
  CompletableFuture<Void> put(
      String key, Path file, String contentType, Map<String, String> metadata);

  /** Looks at an object; empty when there is none. */
  CompletableFuture<Optional<StoredObject>> head(String key);

  /**
   * An object's bytes, in memory.
   *
   * @return a future that fails with {@link NoSuchObjectException} when there is none
   */
  CompletableFuture<byte[]> get(String key);

  /**
   * Writes an object to a file, in place of one that may be there; the file appears whole or not at
   * all.
   *
   * @return the file; the future fails with {@link NoSuchObjectException} when there is no object
   */
  CompletableFuture<Path> download(String key, Path to);

  /** Removes an object; it need not be there. */
  CompletableFuture<Void> delete(String key);

  /**
   * The keys that begin with the given one, in the order of their UTF-8 bytes. Reads page by page
   * as it is iterated, and throws {@link StoreException} then.
   */
  Iterable<String> list(String keyPrefix);

  /** Creates the bucket where there is none. */
  CompletableFuture<Void> ensureBucket();

  /** Finds out, on a key of its own that it removes, whether conditional puts can be relied on. */
  CompletableFuture<ConditionalPuts> probeConditionalPuts();

  @Override
  void close();
}
