package io.chitra.worker.render;

import io.chitra.diffusion.DiffusionException;
import io.chitra.store.DamagedModelException;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Folders by digest, fetched and opened when they are first asked for. One is fetched again after a
 * fetch that failed, and when it has left the bounded cache meanwhile; but not for a while after it
 * came damaged each time it was tried. Safe for use by several threads.
 *
 * @param <T> what an open folder is; closed when it is not used any more
 */
final class LocalFolders<T extends LocalFolders.Local> implements AutoCloseable {

  /** Somebody may push it again; until then tasks need not fetch it each. */
  static final Duration DAMAGE_REMEMBERED = Duration.ofMinutes(1);

  private final ModelRepository models;
  private final Opener<T> opener;
  private final Executor workers;
  private final int tries;
  private final InstantSource clock;
  private final Map<String, CompletableFuture<T>> folders = new ConcurrentHashMap<>();

  /** When those were fetched that came damaged. */
  private final Map<String, Instant> damaged = new ConcurrentHashMap<>();

  /** A folder that has been opened. */
  interface Local extends AutoCloseable {
    Path path();

    @Override
    void close();
  }

  /** Opens a folder. */
  @FunctionalInterface
  interface Opener<T> {
    T open(Path folder) throws DiffusionException;
  }

  /**
   * @param tries how often a folder is fetched that comes damaged
   */
  LocalFolders(
      ModelRepository models, Opener<T> opener, Executor workers, int tries, InstantSource clock) {
    this.models = models;
    this.tries = tries;
    this.clock = clock;
    this.opener = opener;
    this.workers = workers;
  }

  /**
   * Never blocks. Fails with a {@link RenderException} where there is no such folder, or only
   * pieces of it.
   */
  CompletableFuture<T> get(String digest) {
    return folders.compute(
        digest,
        (key, known) -> {
          if (known != null && (!known.isDone() || usable(known) || justDamaged(key))) {
            return known;
          }
          if (known != null) {
            close(known);
          }
          return CompletableFuture.supplyAsync(() -> fetch(key), workers);
        });
  }

  private static boolean usable(CompletableFuture<? extends Local> fetched) {
    return !fetched.isCompletedExceptionally() && Files.isDirectory(fetched.join().path());
  }

  private boolean justDamaged(String digest) {
    Instant found = damaged.get(digest);
    return found != null && clock.instant().isBefore(found.plus(DAMAGE_REMEMBERED));
  }

  private T fetch(String digest) {
    damaged.remove(digest);
    for (int triesLeft = tries; ; triesLeft--) {
      try {
        return opener.open(models.fetch(digest));
      } catch (NoSuchModelException e) {
        throw new CompletionException(new RenderException(String.valueOf(e.getMessage()), e));
      } catch (DiffusionException e) {
        throw new CompletionException(e);
      } catch (DamagedModelException e) {
        if (triesLeft <= 1) {
          damaged.put(digest, clock.instant());
          throw new CompletionException(
              new RenderException("%s (tried %d times)".formatted(e.getMessage(), tries), e));
        }
      }
    }
  }

  @Override
  public void close() {
    folders.values().forEach(LocalFolders::close);
  }

  private static void close(CompletableFuture<? extends Local> folder) {
    CompletableFuture<Void> unused = folder.thenAccept(Local::close);
  }
}
