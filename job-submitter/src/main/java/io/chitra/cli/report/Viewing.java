package io.chitra.cli.report;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureMeasures;
import io.chitra.dataset.Sha256;
import io.chitra.dataset.look.Measuring;
import io.chitra.schemas.ImageRecord;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pictures and looks at them: several at a time, handed on in the order in which they were
 * asked for. Each is checked against its record; one that is not there, or is not what the record
 * says, is told and left out.
 *
 * <p>Life cycle: {@link #start} for each picture, {@link #finish}, {@link #close}; all by one
 * thread, which is also the one that pictures are handed to.
 */
final class Viewing implements AutoCloseable {

  private static final int WINDOW = 32;

  private final Function<String, CompletableFuture<byte[]>> pictures;
  private final Consumer<Seen> taker;
  private final Refusals refusals;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          task -> {
            Thread thread = new Thread(task, "look-at-pictures");
            thread.setDaemon(true);
            return thread;
          });

  /** Is told of pictures that cannot be shown. */
  @FunctionalInterface
  interface Refusals {
    void refused(DatasetRow row, String why);
  }

  /** What is wanted of a picture. */
  enum Want {
    LOOK,
    THUMBNAIL,
    BOTH
  }

  private record Waiting(DatasetRow row, CompletableFuture<Seen> seen) {}

  /**
   * A viewing.
   *
   * @param pictures the bytes of an object by the key that records have
   */
  Viewing(
      Function<String, CompletableFuture<byte[]>> pictures,
      Consumer<Seen> taker,
      Refusals refusals) {
    this.pictures = pictures;
    this.taker = taker;
    this.refusals = refusals;
  }

  /**
   * Asks for a picture; waits while too many others are on their way.
   *
   * @param position in the dataset
   */
  void start(long position, DatasetRow row, Want want) throws InterruptedException {
    while (waiting.size() >= WINDOW) {
      takeNext();
    }
    waiting.add(
        new Waiting(
            row,
            pictures
                .apply(row.record().getObjectKey())
                .thenApplyAsync(file -> see(position, row, want, file), threads)));
  }

  /** Waits for all that were asked for. */
  void finish() throws InterruptedException {
    while (!waiting.isEmpty()) {
      takeNext();
    }
  }

  private void takeNext() throws InterruptedException {
    Waiting next = waiting.remove();
    try {
      taker.accept(next.seen().get());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = cause.getMessage();
      refusals.refused(next.row(), message == null ? cause.toString() : message);
    }
  }

  private Seen see(long position, DatasetRow row, Want want, byte[] file) {
    ImageRecord record = row.record();
    try {
      String found = Sha256.of(file);
      if (!found.equals(record.getFileSha256())) {
        throw new IOException(
            "its SHA-256 is %s, the record says %s".formatted(found, record.getFileSha256()));
      }
      BufferedImage image = Decoded.of(file, record.getWidth(), record.getHeight());
      @Nullable PictureMeasures look =
          want == Want.THUMBNAIL
              ? null
              : Measuring.measure(image.getWidth(), image.getHeight(), Decoded.rgb(image));
      return new Seen(position, row, look, want == Want.LOOK ? null : Thumbnail.of(image));
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
