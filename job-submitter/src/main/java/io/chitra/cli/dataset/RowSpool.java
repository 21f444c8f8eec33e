package io.chitra.cli.dataset;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows of a dataset on disk until all have come, so that a dataset of any size needs no
 * memory. Rows come in any order and are read by their position. Two hidden files in the dataset's
 * folder: the rows one after the other, and where each position's row starts. Holds a lock on them,
 * so that two runs never write one folder. Used by one thread; closing deletes the files.
 */
final class RowSpool implements AutoCloseable {

  private static final String ROWS = ".chitra-rows";
  private static final String INDEX = ".chitra-index";
  private static final int HEAD_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  private final Path folder;
  private final FileChannel rows;
  private final FileChannel index;
  private long end;

  /** A row: the value of a record of the results, and where that record lies. */
  static final class Row {
    private final int partition;
    private final long offset;
    private final byte[] value;

    Row(int partition, long offset, byte[] value) {
      this.partition = partition;
      this.offset = offset;
      this.value = value;
    }

    int partition() {
      return partition;
    }

    long offset() {
      return offset;
    }

    byte[] value() {
      return value;
    }
  }

  private RowSpool(Path folder, FileChannel rows, FileChannel index) {
    this.folder = folder;
    this.rows = rows;
    this.index = index;
  }

  static RowSpool open(Path folder) throws IOException, DatasetException {
    FileChannel rows = channel(folder.resolve(ROWS));
    try {
      if (lock(rows) == null) {
        throw new DatasetException(
            "Cannot write the dataset to %s: another run is writing there; wait for it or choose another folder"
                .formatted(folder));
      }
      rows.truncate(0);
      FileChannel index = channel(folder.resolve(INDEX));
      index.truncate(0);
      return new RowSpool(folder, rows, index);
    } catch (IOException | DatasetException e) {
      rows.close();
      throw e;
    }
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException thisProcess) {
      return null;
    }
  }

  /** Keeps the row of a position; a later one for the same position replaces it. */
  void put(int position, Row row) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + row.value().length);
    bytes.putInt(row.partition()).putLong(row.offset()).putInt(row.value().length);
    bytes.put(row.value()).flip();
    long start = end;
    write(rows, bytes, start);
    end = start + bytes.limit();
    ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).putLong(start + 1).flip();
    write(index, entry, (long) position * Long.BYTES);
  }

  /** The row of a position, if one has come. */
  Optional<Row> at(int position) throws IOException {
    long entry = (long) position * Long.BYTES;
    if (entry >= index.size()) {
      return Optional.empty();
    }
    long start = read(index, Long.BYTES, entry).getLong() - 1;
    if (start < 0) {
      return Optional.empty();
    }
    ByteBuffer head = read(rows, HEAD_BYTES, start);
    int partition = head.getInt();
    long offset = head.getLong();
    byte[] value = read(rows, head.getInt(), start + HEAD_BYTES).array();
    return Optional.of(new Row(partition, offset, value));
  }

  /** One more than the highest position that a row has come for. */
  int positions() throws IOException {
    return Math.toIntExact(index.size() / Long.BYTES);
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private static ByteBuffer read(FileChannel channel, int length, long at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      int read = channel.read(bytes, at + bytes.position());
      if (read < 0) {
        throw new EOFException("a row is cut short");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(folder.resolve(ROWS));
    Files.deleteIfExists(folder.resolve(INDEX));
    index.close();
    rows.close();
  }
}
