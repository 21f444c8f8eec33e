package io.chitra.dataset.target;

import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.StoreException;
import io.chitra.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A dataset in an object store, which it owns. */
final class StoreTarget implements Target {

  private final ObjectStore store;
  private final String shown;

  /**
   * @param store whose prefix is the place of the dataset
   * @param shown what to call it
   */
  StoreTarget(ObjectStore store, String shown) {
    this.store = store;
    this.shown = shown;
  }

  @Override
  public void put(String name, byte[] bytes, String contentType) throws IOException {
    await(name, store.put(Names.checked(name), bytes, contentType, Map.of()));
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes, String contentType) throws IOException {
    return await(name, store.putIfAbsent(Names.checked(name), bytes, contentType, Map.of()))
        == PutOutcome.CREATED;
  }

  @Override
  public void put(String name, Path file, String contentType) throws IOException {
    await(name, store.put(Names.checked(name), file, contentType, Map.of()));
  }

  @Override
  public OptionalLong size(String name) throws IOException {
    return await(name, store.head(Names.checked(name)))
        .map(StoredObject::length)
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  @Override
  public byte[] read(String name) throws IOException {
    return await(name, store.get(Names.checked(name)));
  }

  @Override
  public void download(String name, Path to) throws IOException {
    await(name, store.download(Names.checked(name), to));
  }

  @Override
  public void delete(String name) throws IOException {
    await(name, store.delete(Names.checked(name)));
  }

  @Override
  public Iterable<String> list(String prefix) {
    Iterable<String> keys = store.list(prefix);
    return () -> new Listing(keys);
  }

  private <T> T await(String name, CompletableFuture<T> future) throws IOException {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof NoSuchObjectException) {
        NoSuchFileException missing = new NoSuchFileException(this + "/" + name);
        missing.initCause(e.getCause());
        throw missing;
      }
      if (e.getCause() instanceof StoreException failure) {
        throw new IOException(failure.getMessage(), failure);
      }
      throw e;
    }
  }

  @Override
  public String toString() {
    return shown.replaceAll("/+$", "");
  }

  @Override
  public void close() {
    store.close();
  }

  private static final class Listing implements Iterator<String> {

    private final Iterator<String> keys;

    Listing(Iterable<String> keys) {
      this.keys = keys.iterator();
    }

    @Override
    public boolean hasNext() {
      try {
        return keys.hasNext();
      } catch (StoreException e) {
        throw new UncheckedIOException(new IOException(e.getMessage(), e));
      }
    }

    @Override
    public String next() {
      try {
        return keys.next();
      } catch (StoreException e) {
        throw new UncheckedIOException(new IOException(e.getMessage(), e));
      }
    }
  }
}
