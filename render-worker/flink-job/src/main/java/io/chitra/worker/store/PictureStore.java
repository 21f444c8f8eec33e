package io.chitra.worker.store;

import io.chitra.dataset.Sha256;
import io.chitra.schemas.Submission;
import io.chitra.store.ConditionalPuts;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.StoredObject;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.PictureKey;
import io.chitra.worker.task.RenderedPicture;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures as objects: {@code images/<2 hex>/<fingerprint>-<environment class>.png} (or {@code
 * .jpg}), put on the condition that the key is free, with what a record needs as object metadata.
 * Whoever finds the key taken builds the record from the stored object, so every record of a
 * picture says the same. Where the store does not honour the condition, or it is not known to, the
 * object is looked at after each put, and the record says what is there.
 *
 * <p>Metadata can get lost: in a copy that leaves it behind, or in a store that keeps it in memory.
 * An object without it is as good as none, until the task has given the same bytes again: then it
 * gets its metadata back.
 *
 * <p>Safe for use by several threads; the object store belongs to the caller.
 */
public final class PictureStore {

  private static final Logger LOG = LoggerFactory.getLogger(PictureStore.class);

  private static final String FILE_SHA256 = "file-sha256";

  /** Of a put after which there is no object: somebody removes it. */
  private static final int PUTS = 3;

  private final ObjectStore objects;
  private final InstantSource clock;
  private final CompletableFuture<ConditionalPuts> conditions;

  /**
   * @param conditions what the store makes of them; until it is known, none is relied on
   */
  public PictureStore(
      ObjectStore objects, InstantSource clock, CompletableFuture<ConditionalPuts> conditions) {
    this.objects = objects;
    this.clock = clock;
    this.conditions = conditions;
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

  /**
   * The picture under the key, when there is one with its metadata. Fails with the object store's
   * exceptions.
   */
  public CompletableFuture<Optional<StoredPicture>> find(PictureKey key) {
    return objects
        .head(key.path())
        .thenApply(
            found -> found.filter(PictureStore::hasMetadata).map(object -> read(key, object)));
  }

  private static boolean hasMetadata(StoredObject object) {
    return object.metadata().containsKey(FILE_SHA256);
  }

  /**
   * Puts the picture, or finds that another one was quicker: what comes back is what is stored. A
   * put whose answer was lost finds its own object there.
   */
  public CompletableFuture<StoredPicture> put(
      PictureKey key, ImageTask task, RenderedPicture picture) {
    StoredPicture made =
        new StoredPicture(
            key,
            picture.file().length,
            Sha256.of(picture.file()),
            picture.pixelSha256(),
            nameOf(task.submission()),
            clock.millis(),
            picture.renderMillis(),
            picture.environment().facts());
    return put(made, picture, PUTS);
  }

  private CompletableFuture<StoredPicture> put(
      StoredPicture made, RenderedPicture picture, int putsLeft) {
    String path = made.key().path();
    return objects
        .putIfAbsent(path, picture.file(), picture.contentType(), metadata(made))
        .thenCompose(
            outcome ->
                outcome == PutOutcome.CREATED && conditionsHold()
                    ? CompletableFuture.completedFuture(made)
                    : objects
                        .head(path)
                        .thenCompose(found -> settled(made, picture, found, putsLeft)));
  }

  private CompletableFuture<StoredPicture> settled(
      StoredPicture made, RenderedPicture picture, Optional<StoredObject> found, int putsLeft) {
    if (found.isEmpty()) {
      return putsLeft > 1
          ? put(made, picture, putsLeft - 1)
          : CompletableFuture.failedFuture(
              new IllegalStateException(
                  "Cannot store the picture %s: it was put %d times and is not there; does somebody remove it?"
                      .formatted(made.key().path(), PUTS)));
    }
    if (!hasMetadata(found.get())) {
      return marked(made, picture);
    }
    StoredPicture there = read(made.key(), found.get());
    if (!there.fileSha256().equals(made.fileSha256())) {
      LOG.warn(
          "The picture at {} has the SHA-256 {}, and the same task has just given {}; the one that"
              + " is there stays",
          made.key().path(),
          there.fileSha256(),
          made.fileSha256());
    }
    return CompletableFuture.completedFuture(there);
  }

  /** Gives an object without metadata what it lacks, when it is the picture. */
  private CompletableFuture<StoredPicture> marked(StoredPicture made, RenderedPicture picture) {
    String path = made.key().path();
    return objects
        .get(path)
        .thenCompose(
            bytes -> {
              if (!Arrays.equals(bytes, picture.file())) {
                throw new ForeignObjectException(
                    "Cannot use the object at %s: it has no metadata of a worker, and its bytes are not those that the task gives; remove it"
                        .formatted(objects.objectKey(path)));
              }
              LOG.warn("The picture at {} has lost its metadata, which is put again", path);
              return objects.put(path, bytes, picture.contentType(), metadata(made));
            })
        .thenApply(put -> made);
  }

  private boolean conditionsHold() {
    return conditions.isDone()
        && !conditions.isCompletedExceptionally()
        && conditions.join() == ConditionalPuts.HONOURED;
  }

  private static Map<String, String> metadata(StoredPicture picture) {
    return Map.of(
        FILE_SHA256,
        picture.fileSha256(),
        "pixel-sha256",
        picture.pixelSha256(),
        "made-for",
        picture.madeFor(),
        "rendered-at",
        Long.toString(picture.renderedAt()),
        "render-millis",
        Long.toString(picture.renderMillis()),
        "environment",
        encode(picture.environment()));
  }

  private static StoredPicture read(PictureKey key, StoredObject object) {
    Map<String, String> metadata = object.metadata();
    try {
      return new StoredPicture(
          key,
          object.length(),
          value(metadata, FILE_SHA256),
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
