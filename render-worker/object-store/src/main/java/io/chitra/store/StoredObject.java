package io.chitra.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows of an object besides its bytes.
 *
 * @param key without the store's prefix
 * @param length in bytes
 * @param etag the store's mark of this content, with quotes as HTTP has them
 * @param contentType null when the store does not say
 * @param metadata the user's own, with lower-case names
 */
public record StoredObject(
    String key,
    long length,
    String etag,
    @Nullable String contentType,
    Map<String, String> metadata,
    Instant lastModified) {

  public StoredObject {
    metadata = Map.copyOf(metadata);
  }
}
