package io.chitra.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Models in an object store, each under its digest: {@code models/<digest>/<path>}, with a manifest
 * that is put last, so that half a model is never seen. Fetched models lie in a cache folder that
 * processes on one machine may share.
 *
 * <p>All methods block: for the network, and for others that fetch the same model. Safe for use by
 * several threads. Owns neither the store nor the folder; nothing to close.
 */
public final class ModelRepository {

  private static final String MANIFEST = ".manifest.json";
  private static final String SHA256_METADATA = "sha256";
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final ObjectStore store;
  private final ModelCache models;
  private final ModelCache configs;

  /**
   * A repository over a store.
   *
   * @param cacheFolder where fetched models are kept; made when first needed
   * @param maxCacheBytes how much of them is kept: beyond it the least recently fetched ones go
   */
  public ModelRepository(ObjectStore store, Path cacheFolder, long maxCacheBytes) {
    this(store, cacheFolder, maxCacheBytes, Clock.systemUTC());
  }

  ModelRepository(ObjectStore store, Path cacheFolder, long maxCacheBytes, Clock clock) {
    this.store = store;
    this.models = new ModelCache(cacheFolder.resolve("models"), maxCacheBytes, clock);
    this.configs = new ModelCache(cacheFolder.resolve("configs"), Long.MAX_VALUE, clock);
  }

  /**
   * Puts a model into the store, but for those of its files that are there already.
   *
   * @return its digest
   * @throws IOException when the folder cannot be read
   */
  public String push(Path folder, PushListener listener) throws IOException {
    return push(manifest(folder), folder, listener);
  }

  /**
   * Likewise, and keeps a copy in the cache: a worker on this machine that shares the cache folder
   * need not fetch the model.
   */
  public String pushAndKeep(Path folder, PushListener listener) throws IOException {
    ModelManifest manifest = manifest(folder);
    models.findOrGather(
        manifest.digest(), manifest.bytes(), copy -> copy(manifest.files(), folder, copy));
    return push(manifest, folder, listener);
  }

  private static ModelManifest manifest(Path folder) throws IOException {
    List<ModelFile> files = ModelDigest.files(folder.toRealPath());
    return new ModelManifest(ModelDigest.of(files), files);
  }

  private static void copy(List<ModelFile> files, Path from, Path to) throws IOException {
    for (ModelFile file : files) {
      Path copy = to.resolve(file.path());
      Files.createDirectories(copy.getParent());
      Files.copy(from.resolve(file.path()), copy);
      if (!ModelDigest.sha256(copy).equals(file.sha256())) {
        throw new IOException(
            "Cannot keep the model %s: its file %s is changing; let it rest and try again"
                .formatted(from, file.path()));
      }
    }
  }

  private String push(ModelManifest manifest, Path folder, PushListener listener) {
    String digest = manifest.digest();
    List<CompletableFuture<Void>> stored =
        manifest.files().stream().map(file -> store(digest, file, folder)).toList();
    long done = 0;
    for (int i = 0; i < stored.size(); i++) {
      Futures.join(stored.get(i));
      ModelFile file = manifest.files().get(i);
      done += file.bytes();
      listener.stored(file.path(), done, manifest.bytes());
    }
    Futures.join(store.put(key(digest, MANIFEST), manifest.toJson(), "application/json", Map.of()));
    return digest;
  }

  /** Whether the store has a model, whatever the cache has. */
  public boolean has(String digest) {
    return DIGEST.matcher(digest).matches()
        && Futures.join(store.head(key(digest, MANIFEST))).isPresent();
  }

  /**
   * The folder with all files of a model: from the cache, or else fetched and verified.
   *
   * <p>The folder stays for ten minutes after the latest fetch at least, whatever else is fetched;
   * who reads from it later fetches again.
   *
   * @throws NoSuchModelException when it has not been pushed
   * @throws DamagedModelException when what the store holds is not what was pushed
   * @throws StoreException when the store fails, or the cache folder cannot take it
   */
  public Path fetch(String digest) throws NoSuchModelException {
    return fetch(digest, models, file -> true);
  }

  /**
   * A folder with the small files of a model, those that configure it: JSON and text. From the
   * cache, or else fetched and verified.
   *
   * @throws NoSuchModelException when it has not been pushed
   * @throws StoreException as for {@link #fetch}
   */
  public Path fetchConfig(String digest) throws NoSuchModelException {
    return fetch(digest, configs, ModelRepository::isConfig);
  }

  private Path fetch(String digest, ModelCache cache, Predicate<ModelFile> wanted)
      throws NoSuchModelException {
    if (!DIGEST.matcher(digest).matches()) {
      throw new NoSuchModelException(
          "Cannot fetch the model '%s': a model's digest is 64 hexadecimal digits"
              .formatted(digest));
    }
    try {
      Optional<Path> cached = cache.find(digest);
      if (cached.isPresent()) {
        return cached.get();
      }
      List<ModelFile> files = manifest(digest).files().stream().filter(wanted).toList();
      long bytes = files.stream().mapToLong(ModelFile::bytes).sum();
      return cache.findOrGather(digest, bytes, folder -> download(digest, files, folder));
    } catch (IOException e) {
      throw StoreException.transientFailure(
          "Cannot keep the model %s in the cache: %s".formatted(digest, e), e);
    }
  }

  private ModelManifest manifest(String digest) throws NoSuchModelException {
    byte[] json;
    try {
      json = Futures.join(store.get(key(digest, MANIFEST)));
    } catch (NoSuchObjectException e) {
      throw new NoSuchModelException(
          "Cannot fetch the model %s: it is not in %s; push it with: chitra models push DIR"
              .formatted(digest, store.address("models/")));
    }
    try {
      return ModelManifest.parse(json, digest);
    } catch (IOException e) {
      throw damaged(digest, MANIFEST, String.valueOf(e.getMessage()), e);
    }
  }

  private void download(String digest, List<ModelFile> files, Path folder) throws IOException {
    for (ModelFile file : files) {
      Path to = folder.resolve(file.path());
      Files.createDirectories(to.getParent());
      try {
        Futures.join(store.download(key(digest, file.path()), to));
      } catch (NoSuchObjectException e) {
        throw damaged(digest, file.path(), "it is missing", e);
      }
      String sha256 = ModelDigest.sha256(to);
      if (!sha256.equals(file.sha256())) {
        throw damaged(
            digest,
            file.path(),
            "its SHA-256 is %s, and was %s".formatted(sha256, file.sha256()),
            null);
      }
    }
  }

  private StoreException damaged(
      String digest, String file, String why, @Nullable Throwable cause) {
    return new DamagedModelException(
        "Cannot fetch the model %s: %s is damaged: %s; push the model again"
            .formatted(digest, store.address(key(digest, file)), why),
        cause);
  }

  /** Puts a file of a model unless it is there. */
  private CompletableFuture<Void> store(String digest, ModelFile file, Path folder) {
    String key = key(digest, file.path());
    return store
        .head(key)
        .thenCompose(
            found ->
                found
                        .filter(object -> object.length() == file.bytes())
                        .filter(
                            object -> file.sha256().equals(object.metadata().get(SHA256_METADATA)))
                        .isPresent()
                    ? CompletableFuture.completedFuture(null)
                    : store.put(
                        key,
                        folder.resolve(file.path()),
                        "application/octet-stream",
                        Map.of(SHA256_METADATA, file.sha256())));
  }

  private static boolean isConfig(ModelFile file) {
    return file.path().endsWith(".json") || file.path().endsWith(".txt");
  }

  private static String key(String digest, String file) {
    return "models/" + digest + "/" + file;
  }
}
