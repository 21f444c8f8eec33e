package io.chitra.dataset.plan;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Rows that wait in a file until all have come; memory holds 8 bytes a row.
 *
 * <p>Life cycle: {@link #open}, {@link #add} for each row in order, then {@link #at}, {@link
 * #close}, which deletes the file. Used by one thread.
 */
public final class RowSpool implements Rows, AutoCloseable {

  private static final int FIRST_CAPACITY = 1024;

  private final Path file;
  private final FileChannel channel;
  private long[] starts = new long[FIRST_CAPACITY];
  private int size;
  private long end;

  private RowSpool(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Begins with no rows.
   *
   * @param folder for the file; made where it is missing
   */
  public static RowSpool open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = Files.createTempFile(folder, "rows", ".spool");
    return new RowSpool(
        file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  public void add(DatasetRow row) throws IOException {
    byte[] bytes = RowCodec.encode(row);
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + bytes.length);
    buffer.putInt(bytes.length).put(bytes).flip();
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
    }
    starts[size++] = end;
    while (buffer.hasRemaining()) {
      end += channel.write(buffer, end);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public DatasetRow at(long position) throws IOException {
    if (position < 0 || position >= size) {
      throw new IndexOutOfBoundsException(position);
    }
    long start = starts[(int) position];
    int length = read(Integer.BYTES, start).getInt();
    return RowCodec.decode(read(length, start + Integer.BYTES).array());
  }

  private ByteBuffer read(int length, long at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException("a row is cut short in " + file);
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
