package io.chitra.store;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where the files that jobs name lie in a store: {@code inputs/<sha256>}, as their metadata say.
 */
public final class StoredInputs {

  private static final String SHA256 = "sha256";

  private StoredInputs() {}

  /** The key of the file with that digest. */
  public static String key(String sha256) {
    return "inputs/" + sha256;
  }

  /** What is put with the file. */
  public static Map<String, String> metadata(String sha256) {
    return Map.of(SHA256, sha256);
  }

  /** The file, where it is; an object whose metadata say otherwise is none. */
  public static CompletableFuture<Optional<StoredObject>> find(ObjectStore store, String sha256) {
    return store
        .head(key(sha256))
        .thenApply(found -> found.filter(object -> sha256.equals(object.metadata().get(SHA256))));
  }
}
