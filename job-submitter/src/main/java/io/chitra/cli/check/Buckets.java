package io.chitra.cli.check;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries spread over many files, so that what belongs together lies in one file and each file fits
 * into memory, however many entries there are. First all are written, then each bucket is read;
 * closing deletes the files. Used by one thread.
 */
final class Buckets implements AutoCloseable {

  /** Millions of entries make thousands a bucket. */
  static final int COUNT = 256;

  private static final int BUFFER_BYTES = 8 * 1024;

  private final Path folder;
  private final String name;
  private final @Nullable DataOutputStream[] files = new DataOutputStream[COUNT];

  /**
   * Takes the entries of a bucket.
   *
   * @param <T> what an entry is
   */
  interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  /**
   * @param name what its files are called by
   */
  Buckets(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /** Where to write an entry of a bucket. */
  DataOutputStream at(int bucket) throws IOException {
    DataOutputStream file = files[bucket];
    if (file == null) {
      file =
          new DataOutputStream(
              new BufferedOutputStream(Files.newOutputStream(path(bucket)), BUFFER_BYTES));
      files[bucket] = file;
    }
    return file;
  }

  /** Ends the writing. */
  void written() throws IOException {
    for (int bucket = 0; bucket < COUNT; bucket++) {
      DataOutputStream file = files[bucket];
      if (file != null) {
        file.close();
        files[bucket] = null;
      }
    }
  }

  /** Hands on the entries of a bucket in the order in which they were written. */
  <T> void read(int bucket, Reader<T> reader, Consumer<T> receiver) throws IOException {
    readFile(path(bucket), reader, receiver);
  }

  /** Hands on the entries of a file, if it is there. */
  static <T> void readFile(Path file, Reader<T> reader, Consumer<T> receiver) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      while (true) {
        in.mark(1);
        if (in.read() < 0) {
          return;
        }
        in.reset();
        receiver.accept(reader.read(in));
      }
    } catch (EOFException e) {
      throw new IOException("a file of entries is cut short: " + file, e);
    }
  }

  private Path path(int bucket) {
    return folder.resolve(name + "-" + bucket);
  }

  @Override
  public void close() throws IOException {
    written();
    for (int bucket = 0; bucket < COUNT; bucket++) {
      Files.deleteIfExists(path(bucket));
    }
  }
}
