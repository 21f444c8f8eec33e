package io.chitra.cli.replay;

import io.chitra.dataset.Sha256;
import io.chitra.input.InputUri;
import io.chitra.job.ModelFacts;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import io.chitra.store.Futures;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoreException;
import io.chitra.store.StoredInputs;
import io.chitra.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What lies in another store than the one that workers read: the archive's. Jobs are named as if it
 * lay in theirs already; {@link #bring} brings it there, each thing once, and is to be called after
 * all jobs were seen and before any is sent. Files come to be under their digests, like those of a
 * submitter. Used by one thread; the stores are the caller's.
 */
public final class BroughtSupplies implements Supplies {

  private static final int FILES_AT_ONCE = 16;

  private final ObjectStore archive;
  private final ModelRepository archivedModels;
  private final StoredSupplies archived;
  private final ObjectStore objects;
  private final StoredSupplies present;
  private final Path scratch;
  private final Set<String> models = new LinkedHashSet<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Map<String, Boolean> there = new HashMap<>();

  /** Puts a model's folder into the store that workers read. */
  @FunctionalInterface
  public interface ModelPusher {
    void push(Path folder) throws IOException;
  }

  /**
   * @param archive where they are
   * @param archivedModels those of the archive
   * @param objects where workers look
   * @param present what is there already
   * @param scratch for files on the way; made where it is missing
   */
  public BroughtSupplies(
      ObjectStore archive,
      ModelRepository archivedModels,
      ObjectStore objects,
      StoredSupplies present,
      Path scratch) {
    this.archive = archive;
    this.archivedModels = archivedModels;
    this.archived = new StoredSupplies(archivedModels);
    this.objects = objects;
    this.present = present;
    this.scratch = scratch;
  }

  @Override
  public Optional<ModelFacts> facts(String digest) {
    return present.facts(digest).or(() -> archived.facts(digest));
  }

  @Override
  public RenderJob here(RenderJob job) throws MissingException {
    if (job.getModelDigest() != null) {
      need(job.getModelDigest());
    }
    if (job.getVae() != null && !need(job.getVae().getDigest())) {
      throw new MissingException(
          "its VAE %s is neither in the store nor in %s; push it with: chitra models push DIR"
              .formatted(job.getVae().getDigest(), archive.address("models/")));
    }
    job.setImage(ifAny(job.getImage()));
    job.setMaskImage(ifAny(job.getMaskImage()));
    if (job.getLoras() != null) {
      List<Lora> loras = new ArrayList<>();
      for (Lora lora : job.getLoras()) {
        loras.add(new Lora(here(lora.getFile()), lora.getScale(), lora.getName()));
      }
      job.setLoras(loras);
    }
    return job;
  }

  /** Whether a model is to be had; it is brought where workers have it not. */
  private boolean need(String digest) {
    if (present.has(digest)) {
      return true;
    }
    if (archived.has(digest)) {
      models.add(digest);
      return true;
    }
    return false;
  }

  private @Nullable InputFile ifAny(@Nullable InputFile file) throws MissingException {
    return file == null ? null : here(file);
  }

  private InputFile here(InputFile file) throws MissingException {
    if (!file.getUri().startsWith(InputUri.S3_PREFIX)) {
      return file;
    }
    String sha256 = file.getSha256();
    if (!isPresent(sha256)) {
      String known = files.get(sha256);
      files.put(sha256, known == null ? find(file) : known);
    }
    return new InputFile(objects.address(StoredInputs.key(sha256)), sha256);
  }

  private boolean isPresent(String sha256) {
    if (files.containsKey(sha256)) {
      return false;
    }
    return there.computeIfAbsent(
        sha256, digest -> Futures.join(StoredInputs.find(objects, digest)).isPresent());
  }

  /** The key of a file in the archive: as its address says, or under its digest. */
  private String find(InputFile file) throws MissingException {
    List<String> keys = new ArrayList<>();
    InputUri.parse(file.getUri())
        .filter(InputUri.S3.class::isInstance)
        .map(InputUri.S3.class::cast)
        .map(InputUri.S3::key)
        .filter(key -> key.startsWith(archive.objectKey("")))
        .map(key -> key.substring(archive.objectKey("").length()))
        .ifPresent(keys::add);
    keys.add(StoredInputs.key(file.getSha256()));
    return keys.stream()
        .filter(key -> Futures.join(archive.head(key)).isPresent())
        .findFirst()
        .orElseThrow(
            () ->
                new MissingException(
                    "its file %s is not in %s".formatted(file.getUri(), archive.address(""))));
  }

  /**
   * Brings all that the jobs need that were seen, but for what is there. Blocks.
   *
   * @throws IOException when something is not what it was, or cannot be kept on the way
   * @throws StoreException when a store fails
   */
  public void bring(ModelPusher pusher) throws IOException, InterruptedException {
    for (String digest : models) {
      try {
        pusher.push(archivedModels.fetch(digest));
      } catch (NoSuchModelException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    Files.createDirectories(scratch);
    bringFiles();
    files.keySet().forEach(sha256 -> there.put(sha256, true));
    files.clear();
  }

  private void bringFiles() throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(FILES_AT_ONCE);
    try {
      List<Future<?>> running = new ArrayList<>();
      files.forEach(
          (sha256, from) ->
              running.add(
                  threads.submit(
                      () -> {
                        bring(sha256, from);
                        return null;
                      })));
      for (Future<?> file : running) {
        file.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private void bring(String sha256, String from) throws IOException {
    Path file = scratch.resolve(sha256);
    try {
      Futures.join(archive.download(from, file));
      if (!Sha256.of(file).equals(sha256)) {
        throw new IOException(
            "Cannot bring %s: its SHA-256 is %s, and jobs that name it say %s"
                .formatted(archive.address(from), Sha256.of(file), sha256));
      }
      Futures.join(
          objects.put(
              StoredInputs.key(sha256), file, contentType(from), StoredInputs.metadata(sha256)));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private String contentType(String key) {
    return Futures.join(archive.head(key))
        .map(StoredObject::contentType)
        .orElse("application/octet-stream");
  }
}
