package io.chitra.worker.store;

import io.chitra.schemas.Submission;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredObject;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.PictureKey;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Sha256;
import io.chitra.worker.task.StoredPicture;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Pictures as objects: {@code images/<2 hex>/<fingerprint>-<environment class>.png} (or {@code
 * .jpg}), put on the condition that the key is free, with what a record needs as object metadata.
 * Whoever finds the key taken builds the record from the stored object, so every record of a
 * picture says the same.
 *
 * <p>Safe for use by several threads; the object store belongs to the caller.
 */
public final class PictureStore {

  private final ObjectStore objects;
  private final InstantSource clock;

  public PictureStore(ObjectStore objects, InstantSource clock) {
    this.objects = objects;
    this.clock = clock;
  }

  /** The submission as an object's metadata names it. */
  public static String nameOf(Submission submission) {
    return "%s/%d/%d"
        .formatted(submission.getTopic(), submission.getPartition(), submission.getOffset());
  }

  /** The bucket that the pictures are in. */
  public String bucket() {
    return objects.bucket();
  }

  /** The key within the bucket, the store's prefix included. */
  public String objectKey(PictureKey key) {
    return objects.objectKey(key.path());
  }

  /** The picture under the key, when there is one. Fails with the object store's exceptions. */
  public CompletableFuture<Optional<StoredPicture>> find(PictureKey key) {
    return objects.head(key.path()).thenApply(found -> found.map(object -> read(key, object)));
  }

  /** Puts the picture, or finds that another one was quicker: what comes back is what is stored. */
  public CompletableFuture<StoredPicture> put(
      PictureKey key, ImageTask task, RenderedPicture picture) {
    StoredPicture stored =
        new StoredPicture(
            key,
            picture.file().length,
            Sha256.hex(picture.file()),
            picture.pixelSha256(),
            nameOf(task.submission()),
            clock.millis(),
            picture.renderMillis(),
            picture.environment().facts());
    return objects
        .putIfAbsent(key.path(), picture.file(), picture.contentType(), metadata(stored))
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case CREATED -> CompletableFuture.completedFuture(stored);
                  case ALREADY_THERE -> find(key).thenApply(Optional::orElseThrow);
                });
  }

  private static Map<String, String> metadata(StoredPicture picture) {
    return Map.of(
        "file-sha256", picture.fileSha256(),
        "pixel-sha256", picture.pixelSha256(),
        "made-for", picture.madeFor(),
        "rendered-at", Long.toString(picture.renderedAt()),
        "render-millis", Long.toString(picture.renderMillis()),
        "environment", encode(picture.environment()));
  }

  private static StoredPicture read(PictureKey key, StoredObject object) {
    Map<String, String> metadata = object.metadata();
    try {
      return new StoredPicture(
          key,
          object.length(),
          value(metadata, "file-sha256"),
          value(metadata, "pixel-sha256"),
          value(metadata, "made-for"),
          Long.parseLong(value(metadata, "rendered-at")),
          Long.parseLong(value(metadata, "render-millis")),
          decode(value(metadata, "environment")));
    } catch (IllegalArgumentException e) {
      throw new ForeignObjectException(
          "Cannot use the picture at %s: %s; it was not put there by a worker, remove it"
              .formatted(object.key(), e.getMessage()));
    }
  }

  private static String value(Map<String, String> metadata, String name) {
    String value = metadata.get(name);
    if (value == null) {
      throw new IllegalArgumentException("its metadata has no " + name);
    }
    return value;
  }

  /** Metadata travels in HTTP headers: form encoding keeps it ASCII. */
  private static String encode(Map<String, String> environment) {
    return new TreeMap<>(environment)
        .entrySet().stream()
            .map(e -> urlEncode(e.getKey()) + "=" + urlEncode(e.getValue()))
            .collect(Collectors.joining("&"));
  }

  private static Map<String, String> decode(String environment) {
    Map<String, String> facts = new HashMap<>();
    Arrays.stream(environment.split("&"))
        .map(fact -> fact.split("=", 2))
        .filter(fact -> fact.length == 2)
        .forEach(
            fact ->
                facts.put(
                    URLDecoder.decode(fact[0], StandardCharsets.UTF_8),
                    URLDecoder.decode(fact[1], StandardCharsets.UTF_8)));
    return facts;
  }

  private static String urlEncode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
