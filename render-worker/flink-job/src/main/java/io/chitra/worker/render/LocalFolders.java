package io.chitra.worker.render;

import io.chitra.diffusion.DiffusionException;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Folders by digest, fetched and opened when they are first asked for. One is fetched again after a
 * fetch that failed, and when it has left the bounded cache meanwhile. Safe for use by several
 * threads.
 *
 * @param <T> what an open folder is; closed when it is not used any more
 */
final class LocalFolders<T extends LocalFolders.Local> implements AutoCloseable {

  private final ModelRepository models;
  private final Opener<T> opener;
  private final Executor workers;
  private final Map<String, CompletableFuture<T>> folders = new ConcurrentHashMap<>();

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

  LocalFolders(ModelRepository models, Opener<T> opener, Executor workers) {
    this.models = models;
    this.opener = opener;
    this.workers = workers;
  }

  /** Never blocks. Fails with a {@link RenderException} where there is no such folder. */
  CompletableFuture<T> get(String digest) {
    return folders.compute(
        digest,
        (key, known) -> {
          if (known != null && (!known.isDone() || usable(known))) {
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

  private T fetch(String digest) {
    try {
      return opener.open(models.fetch(digest));
    } catch (NoSuchModelException e) {
      throw new CompletionException(new RenderException(String.valueOf(e.getMessage()), e));
    } catch (DiffusionException e) {
      throw new CompletionException(e);
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
