package io.chitra.cli.check;

import io.chitra.dataset.Sha256;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Looks at objects in the store, many at a time: at what the store knows of them, or at their
 * bytes. Used by one thread.
 */
final class ObjectCheck {

  private static final int LOOKS_AT_ONCE = 64;

  /** A picture is a few megabytes at most. */
  private static final int READS_AT_ONCE = 8;

  private static final String SHA256 = "file-sha256";
  private static final String MADE_FOR = "made-for";

  private final ObjectStore objects;
  private final Depth depth;
  private final Deque<Asked> asked = new ArrayDeque<>();

  /** How closely an object is looked at. */
  enum Depth {
    /** What the store knows of it: its length, and the hash that its writer has left there. */
    METADATA,
    /** Its bytes. */
    BYTES
  }

  /**
   * An object as it was found.
   *
   * @param sha256 in lower-case hexadecimal digits; empty when nobody knows it
   * @param madeFor the submission that it was rendered for, as its writer has left it; empty when
   *     nobody knows it
   */
  record Seen(long length, String sha256, String madeFor) {}

  /** Is told what an object is like; empty when there is none. */
  interface Receiver {
    void seen(String key, Optional<Seen> seen);
  }

  private record Asked(String key, CompletableFuture<Optional<Seen>> answer, Receiver receiver) {
    void await() {
      Optional<Seen> seen;
      try {
        seen = answer.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException failure ? failure : e;
      }
      receiver.seen(key, seen);
    }
  }

  ObjectCheck(ObjectStore objects, Depth depth) {
    this.objects = objects;
    this.depth = depth;
  }

  /**
   * Asks for an object; waits while many are being asked for. Receivers are told by this thread.
   */
  void look(String key, Receiver receiver) {
    int most = depth == Depth.BYTES ? READS_AT_ONCE : LOOKS_AT_ONCE;
    while (asked.size() >= most) {
      asked.remove().await();
    }
    asked.add(new Asked(key, depth == Depth.BYTES ? read(key) : head(key), receiver));
  }

  /** Waits for all answers. */
  void await() {
    while (!asked.isEmpty()) {
      asked.remove().await();
    }
  }

  private CompletableFuture<Optional<Seen>> head(String key) {
    return objects.head(key).thenApply(found -> found.map(ObjectCheck::seen));
  }

  private static Seen seen(StoredObject object) {
    return new Seen(
        object.length(),
        object.metadata().getOrDefault(SHA256, "").toLowerCase(Locale.ROOT),
        object.metadata().getOrDefault(MADE_FOR, ""));
  }

  private CompletableFuture<Optional<Seen>> read(String key) {
    return objects
        .get(key)
        .thenApply(bytes -> Optional.of(new Seen(bytes.length, Sha256.of(bytes), "")))
        .exceptionallyCompose(
            failure ->
                failure instanceof NoSuchObjectException
                        || failure.getCause() instanceof NoSuchObjectException
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(failure));
  }
}
