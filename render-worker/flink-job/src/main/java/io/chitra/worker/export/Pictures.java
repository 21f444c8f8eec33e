package io.chitra.worker.export;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Sha256;
import io.chitra.schemas.ImageRecord;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Fetches the pictures of rows, some ahead of the one that is asked for, and checks each against
 * its record. They come in the order of the rows.
 *
 * <p>Life cycle: {@link #next} until it is empty, {@link #close}, which gives up what is still
 * being fetched. Used by one thread; the store stays the caller's.
 */
public final class Pictures implements AutoCloseable {

  private final ObjectStore objects;
  private final String prefix;
  private final Iterator<DatasetRow> rows;
  private final Window window;
  private final Deque<Fetching> ahead = new ArrayDeque<>();
  private long bytesAhead;

  /**
   * How far to fetch ahead.
   *
   * @param pictures side by side, at most
   * @param bytes that they have together, at most; one picture alone may have more
   */
  public record Window(int pictures, long bytes) {}

  /** A row and the bytes of its picture, which are those that the record tells of. */
  @SuppressWarnings("ArrayRecordComponent") // pictures are large, and never compared as records
  public record Fetched(DatasetRow row, byte[] file) {}

  private record Fetching(DatasetRow row, CompletableFuture<byte[]> file) {}

  /**
   * @param rows read as far as the window reaches
   */
  public Pictures(ObjectStore objects, Iterator<DatasetRow> rows, Window window) {
    this.objects = objects;
    this.prefix = objects.objectKey("");
    this.rows = rows;
    this.window = window;
  }

  /**
   * The next picture; empty when there is none left. Blocks until it is here.
   *
   * @throws DamagedPictureException when there is no such object, or it is another than the record
   *     says
   * @throws IOException when the store fails
   */
  public Optional<Fetched> next() throws IOException, InterruptedException {
    fill();
    Fetching next = ahead.poll();
    if (next == null) {
      return Optional.empty();
    }
    ImageRecord record = next.row().record();
    bytesAhead -= record.getFileBytes();
    byte[] file = await(record, next.file());
    String found = Sha256.of(file);
    if (!found.equals(record.getFileSha256())) {
      throw new DamagedPictureException(
          record,
          "has the SHA-256 %s, and its record says %s".formatted(found, record.getFileSha256()),
          null);
    }
    return Optional.of(new Fetched(next.row(), file));
  }

  private void fill() {
    while (ahead.size() < window.pictures() && bytesAhead < window.bytes() && rows.hasNext()) {
      DatasetRow row = rows.next();
      bytesAhead += row.record().getFileBytes();
      ahead.add(new Fetching(row, objects.get(key(row.record()))));
    }
  }

  /** Records have keys within the bucket, the store takes them without its prefix. */
  private String key(ImageRecord record) {
    String key = record.getObjectKey();
    return key.startsWith(prefix) ? key.substring(prefix.length()) : key;
  }

  private static byte[] await(ImageRecord record, CompletableFuture<byte[]> file)
      throws IOException, InterruptedException {
    try {
      return file.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoSuchObjectException) {
        throw new DamagedPictureException(record, "is not there", e.getCause());
      }
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "Cannot fetch the picture %s: %s".formatted(record.getObjectKey(), cause.getMessage()),
          cause);
    }
  }

  @Override
  public void close() {
    ahead.forEach(fetching -> fetching.file().cancel(true));
    ahead.clear();
  }
}
