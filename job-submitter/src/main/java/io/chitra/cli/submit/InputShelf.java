package io.chitra.cli.submit;

import io.chitra.input.HttpsDownload;
import io.chitra.input.InputUri;
import io.chitra.input.RefusedDownloadException;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import io.chitra.store.Futures;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredInputs;
import io.chitra.store.StoredObject;
import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that the jobs of a run name: pictures, masks and LoRAs; each is read once. Those on
 * this machine and on the web go into the store under their digests, those in the store stay where
 * they are.
 *
 * <p>Life cycle: before there is a store, all files are looked at but those that lie in it; then
 * the store is {@link #connect connected}, the others are looked at, and {@link #put} puts what the
 * store has not. Closing it removes what was downloaded. Used by one thread.
 */
public final class InputShelf implements Closeable {

  private static final int PUTS_AT_ONCE = 16;

  /** Stands for the store until there is one; no job that says it is sent. */
  private static final String NO_STORE_YET = "s3://not-connected-yet/";

  private final Path base;
  private final HttpClient web;
  private final Map<Name, Given> given = new HashMap<>();
  private final Map<Name, InputException> bad = new HashMap<>();
  private final Map<String, Looked> toPut = new LinkedHashMap<>();
  private @Nullable ObjectStore store;
  private @Nullable Path downloads;
  private boolean awaitsStore;

  private record Name(String text, InputKind kind) {}

  /**
   * A file that a job names.
   *
   * @param address in the store, of a file that was there before
   */
  private record Given(Looked looked, @Nullable String address) {}

  /** What was seen of a file on this machine. */
  private record Looked(Path file, InputKind.Content content) {}

  /** Relative paths start from the base folder. */
  public InputShelf(Path base) {
    this(base, HttpsDownload.client().build());
  }

  InputShelf(Path base, HttpClient web) {
    this.base = base;
    this.web = web;
  }

  /**
   * A picture that a job names.
   *
   * @param width as it stands upright, in pixels
   * @param height likewise
   */
  record Picture(InputFile file, int width, int height) {}

  /** Whether all files of a job can be looked at: without a store, those in it cannot. */
  boolean reaches(RenderJob job) {
    boolean reached =
        store != null || names(job).noneMatch(name -> name.startsWith(InputUri.S3_PREFIX));
    awaitsStore |= !reached;
    return reached;
  }

  private static Stream<String> names(RenderJob job) {
    List<Lora> loras = job.getLoras() == null ? List.of() : job.getLoras();
    return Stream.concat(
            Stream.of(job.getImage(), job.getMaskImage()).filter(file -> file != null),
            loras.stream().map(Lora::getFile))
        .map(InputFile::getUri);
  }

  /** Whether there are files that only a store can tell of. */
  public boolean awaitsStore() {
    return awaitsStore;
  }

  /** From now on, files in the store are looked at, and all files have their addresses. */
  public void connect(ObjectStore objects) {
    store = objects;
  }

  /** A picture, by a path, or an {@code s3://} or {@code https://} address. */
  Picture picture(String named) throws InputException {
    Given picture = find(new Name(named, InputKind.PICTURE));
    PictureHeader header = picture.looked().content().pictureHeader();
    return new Picture(file(picture), header.width(), header.height());
  }

  /** A LoRA, by a path, or an {@code s3://} or {@code https://} address. */
  InputFile lora(String named) throws InputException {
    return file(find(new Name(named, InputKind.LORA)));
  }

  private InputFile file(Given given) {
    String sha256 = given.looked().content().sha256();
    String address = given.address();
    if (address == null) {
      String key = StoredInputs.key(sha256);
      address = store == null ? NO_STORE_YET + key : store.address(key);
    }
    return new InputFile(address, sha256);
  }

  private Given find(Name name) throws InputException {
    Given known = given.get(name);
    if (known != null) {
      return known;
    }
    InputException before = bad.get(name);
    if (before != null) {
      throw before;
    }
    try {
      Given found = look(name);
      given.put(name, found);
      if (found.address() == null) {
        toPut.putIfAbsent(found.looked().content().sha256(), found.looked());
      }
      return found;
    } catch (InputException e) {
      bad.put(name, e);
      throw e;
    }
  }

  private Given look(Name name) throws InputException {
    Optional<InputUri> uri = InputUri.parse(name.text());
    if (uri.isPresent() && uri.get() instanceof InputUri.S3 object) {
      return new Given(look(fetch(object, name), name.kind()), name.text());
    }
    if (uri.isPresent() && uri.get() instanceof InputUri.Https address) {
      return new Given(look(download(address, name), name.kind()), null);
    }
    if (name.text().contains("://")) {
      throw new InputException(
          "cannot read %s: a path, s3://BUCKET/KEY or https://HOST/PATH would be right"
              .formatted(name.text()));
    }
    try {
      return new Given(look(base.resolve(name.text()), name.kind()), null);
    } catch (InvalidPathException e) {
      throw new InputException("%s is no path: %s".formatted(name.text(), e.getReason()), e);
    }
  }

  private static Looked look(Path file, InputKind kind) throws InputException {
    if (!Files.exists(file)) {
      throw new InputException("there is no file " + file);
    }
    if (!Files.isRegularFile(file)) {
      throw new InputException(file + " is no file");
    }
    try {
      return new Looked(file, kind.look(file));
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e), e);
    } catch (InputException e) {
      throw new InputException("cannot use %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Only the digest and the header of an object are wanted: the copy goes when this closes. */
  private Path fetch(InputUri.S3 object, Name name) throws InputException {
    ObjectStore objects = store;
    if (objects == null) {
      throw new IllegalStateException("Nothing in the store is looked at before there is one");
    }
    String prefix = objects.objectKey("");
    if (!object.bucket().equals(objects.bucket()) || !object.key().startsWith(prefix)) {
      throw new InputException(
          "cannot use %s: workers read s3://%s/%s alone; put the file there, or give its path here"
              .formatted(name.text(), objects.bucket(), prefix));
    }
    String key = object.key().substring(prefix.length());
    try {
      Optional<StoredObject> found = objects.head(key).join();
      if (found.isPresent()) {
        requireSize(name, found.get().length());
        return objects.download(key, download()).join();
      }
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof NoSuchObjectException)) {
        throw e;
      }
    } catch (IOException e) {
      throw new InputException("cannot keep a copy of %s: %s".formatted(name.text(), e), e);
    }
    throw new InputException("there is no object " + name.text());
  }

  private static void requireSize(Name name, long bytes) throws InputException {
    try {
      name.kind().requireSize(bytes);
    } catch (InputException e) {
      throw new InputException("cannot use %s: %s".formatted(name.text(), e.getMessage()), e);
    }
  }

  private Path download(InputUri.Https address, Name name) throws InputException {
    try {
      Path to = download();
      new HttpsDownload(web, uri -> true, found -> true, name.kind().maxBytes())
          .download(address.uri(), to);
      return to;
    } catch (RefusedDownloadException | IOException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InputException("Cannot download %s: interrupted".formatted(name.text()), e);
    }
  }

  /** A new place for a download. */
  private Path download() throws IOException {
    if (downloads == null) {
      downloads = Files.createTempDirectory("chitra-inputs-");
    }
    return downloads.resolve(UUID.randomUUID().toString());
  }

  /**
   * Puts the files into the store that it has not.
   *
   * @throws IOException when one cannot be read any more, or has changed since it was looked at
   */
  public void put(ObjectStore objects) throws IOException {
    Deque<CompletableFuture<Void>> running = new ArrayDeque<>();
    for (Looked looked : toPut.values()) {
      if (running.size() == PUTS_AT_ONCE) {
        Futures.join(running.remove());
      }
      running.add(put(objects, looked));
    }
    for (CompletableFuture<Void> put : running) {
      Futures.join(put);
    }
    toPut.clear();
  }

  private static CompletableFuture<Void> put(ObjectStore objects, Looked looked)
      throws IOException {
    InputKind.Content content = looked.content();
    boolean there =
        Futures.join(StoredInputs.find(objects, content.sha256()))
            .filter(object -> object.length() == content.bytes())
            .isPresent();
    if (there) {
      return CompletableFuture.completedFuture(null);
    }
    if (!InputKind.sha256(looked.file()).equals(content.sha256())) {
      throw new IOException(
          "Cannot put %s into the store: it has changed meanwhile; let it rest and try again"
              .formatted(looked.file()));
    }
    return objects.put(
        StoredInputs.key(content.sha256()),
        looked.file(),
        content.contentType(),
        StoredInputs.metadata(content.sha256()));
  }

  @Override
  public void close() throws IOException {
    if (downloads != null) {
      try (Stream<Path> files = Files.list(downloads)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(downloads);
    }
  }
}
