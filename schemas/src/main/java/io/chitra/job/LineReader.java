package io.chitra.job;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into records of UTF-8 text: lines, or CSV records, whose quoted cells may
 * go over several lines. Holds one record at a time, and never more than its limit: of a longer one
 * the rest is passed over. A byte order mark is passed over, blank lines too. A quoted cell that
 * does not end before the file does spoils the line that it begins on, and not the ones after it,
 * unless they are beyond the limit. For one thread.
 */
final class LineReader implements Closeable {

  /** How records end. */
  enum Quoting {
    /** At every line end. */
    NONE,
    /** At a line end outside of quotes. */
    CSV
  }

  /**
   * A record, or why there is none.
   *
   * @param line the number of its first line, from 1
   * @param text without its line end; empty when there is a problem
   */
  record RawLine(int line, String text, @Nullable Problem problem) {}

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final Quoting quoting;
  private final int maxBytes;
  private final byte[] chunk = new byte[1 << 16];
  private ByteBuffer next = ByteBuffer.allocate(0);
  private ByteBuffer again = ByteBuffer.allocate(0);
  private int linesRead;

  LineReader(InputStream in, Quoting quoting, int maxBytes) throws IOException {
    this.in = in;
    this.quoting = quoting;
    this.maxBytes = maxBytes;
    passOverByteOrderMark();
  }

  /** The next record that is not blank; null at the end. */
  @Nullable RawLine next() throws IOException {
    while (true) {
      RawLine record = read();
      if (record == null || record.problem() != null || !record.text().isBlank()) {
        return record;
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private @Nullable RawLine read() throws IOException {
    int line = linesRead + 1;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CsvQuotes quotes = new CsvQuotes();
    int b;
    while ((b = nextByte()) >= 0) {
      if (b == '\n') {
        linesRead++;
        if (!quotes.open()) {
          return decoded(line, bytes.toByteArray());
        }
      }
      if (quoting == Quoting.CSV) {
        quotes.add(b);
      }
      if (bytes.size() == maxBytes) {
        return tooLong(line, quotes);
      }
      bytes.write(b);
    }
    if (quotes.open()) {
      return unclosed(line, bytes.toByteArray());
    }
    return bytes.size() == 0 ? null : decoded(line, bytes.toByteArray());
  }

  /** Passes over the rest of the record. */
  private RawLine tooLong(int line, CsvQuotes quotes) throws IOException {
    int b;
    while ((b = nextByte()) >= 0) {
      if (b == '\n') {
        linesRead++;
        if (!quotes.open()) {
          return bad(line, "longer than " + maxBytes + " bytes: a job is far shorter");
        }
      }
      if (quoting == Quoting.CSV) {
        quotes.add(b);
      }
    }
    return bad(
        line,
        "longer than "
            + maxBytes
            + " bytes, up to the end of the file: "
            + (quotes.open() ? "a quote is opened and never closed" : "a job is far shorter"));
  }

  /** Gives up on the first line alone, and reads the others again. */
  private RawLine unclosed(int line, byte[] bytes) {
    int start = 0;
    while (start < bytes.length && bytes[start] != '\n') {
      start++;
    }
    again = ByteBuffer.wrap(bytes);
    again.position(Math.min(start + 1, bytes.length));
    linesRead = line;
    return bad(line, "a quote is opened and never closed: write \"\" for a quote within a cell");
  }

  private static RawLine decoded(int line, byte[] bytes) {
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
    try {
      return new RawLine(line, StandardCharsets.UTF_8.newDecoder().decode(in).toString(), null);
    } catch (CharacterCodingException e) {
      return bad(
          line,
          "not UTF-8, from byte %d (0x%02x) on: save the file as UTF-8"
              .formatted(in.position() + 1, in.get(in.position())));
    }
  }

  private static RawLine bad(int line, String message) {
    return new RawLine(line, "", new Problem("line", message));
  }

  private void passOverByteOrderMark() throws IOException {
    byte[] start = in.readNBytes(BYTE_ORDER_MARK.length);
    if (!Arrays.equals(start, BYTE_ORDER_MARK)) {
      again = ByteBuffer.wrap(start);
    }
  }

  private int nextByte() throws IOException {
    if (again.hasRemaining()) {
      return again.get() & 0xff;
    }
    if (!next.hasRemaining()) {
      int read = in.read(chunk);
      if (read < 0) {
        return -1;
      }
      next = ByteBuffer.wrap(chunk, 0, read);
      return nextByte();
    }
    return next.get() & 0xff;
  }

  /** Follows the quotes of one CSV record. */
  private static final class CsvQuotes {

    private enum State {
      CELL_BEGINS,
      PLAIN,
      QUOTED,
      QUOTE_IN_QUOTED
    }

    private State state = State.CELL_BEGINS;

    boolean open() {
      return state == State.QUOTED;
    }

    void add(int b) {
      state =
          switch (state) {
            case QUOTED -> b == '"' ? State.QUOTE_IN_QUOTED : State.QUOTED;
            case QUOTE_IN_QUOTED -> b == '"' ? State.QUOTED : outside(b);
            case CELL_BEGINS -> b == '"' ? State.QUOTED : outside(b);
            case PLAIN -> outside(b);
          };
    }

    private static State outside(int b) {
      return b == ',' ? State.CELL_BEGINS : State.PLAIN;
    }
  }
}
