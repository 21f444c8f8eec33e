package io.chitra.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro's binary encoding from bytes that nobody vouches for. It never allocates more than the
 * bytes at hand can fill, and refuses what Avro's own decoder lets pass: malformed UTF-8 and
 * booleans other than 0 and 1. A collection must not have more items than there are bytes left,
 * which holds for every schema but a collection of nulls or of empty records. For one read and one
 * thread.
 */
final class StrictDecoder extends Decoder {

  private final ByteBuffer bytes;

  /** Reads from the buffer's position on and moves it. */
  StrictDecoder(ByteBuffer bytes) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void readNull() {}

  @Override
  public boolean readBoolean() throws IOException {
    int value = next();
    if (value > 1) {
      throw new IOException("a boolean is 0 or 1, not " + value);
    }
    return value == 1;
  }

  @Override
  public int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new IOException("a whole number of 32 bits cannot be " + value);
    }
    return (int) value;
  }

  @Override
  public long readLong() throws IOException {
    long zigzag = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = next();
      zigzag |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        if (shift == 63 && next > 1) {
          break;
        }
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
    }
    throw new IOException("a whole number is longer than 64 bits");
  }

  @Override
  public float readFloat() throws IOException {
    require(Float.BYTES);
    return bytes.getFloat();
  }

  @Override
  public double readDouble() throws IOException {
    require(Double.BYTES);
    return bytes.getDouble();
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    return new Utf8(readString());
  }

  @Override
  public String readString() throws IOException {
    ByteBuffer text = slice(length("text"));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("a text is not UTF-8", e);
    }
  }

  @Override
  public void skipString() throws IOException {
    slice(length("text"));
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    byte[] copy = new byte[length("byte string")];
    bytes.get(copy);
    return ByteBuffer.wrap(copy);
  }

  @Override
  public void skipBytes() throws IOException {
    slice(length("byte string"));
  }

  @Override
  public void readFixed(byte[] target, int start, int length) throws IOException {
    require(length);
    bytes.get(target, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    slice(length);
  }

  @Override
  public int readEnum() throws IOException {
    return readInt();
  }

  @Override
  public int readIndex() throws IOException {
    return readInt();
  }

  @Override
  public long readArrayStart() throws IOException {
    return items();
  }

  @Override
  public long arrayNext() throws IOException {
    return items();
  }

  @Override
  public long skipArray() throws IOException {
    return skipBlocks();
  }

  @Override
  public long readMapStart() throws IOException {
    return items();
  }

  @Override
  public long mapNext() throws IOException {
    return items();
  }

  @Override
  public long skipMap() throws IOException {
    return skipBlocks();
  }

  @Override
  public int remainingBytes() {
    return bytes.remaining();
  }

  /** The items of the next block; a negative count is followed by the block's size in bytes. */
  private long items() throws IOException {
    long count = readLong();
    if (count < 0) {
      length("block");
      count = -count;
    }
    if (count < 0 || count > bytes.remaining()) {
      throw new IOException(
          "a collection of "
              + count
              + " items cannot be in the "
              + bytes.remaining()
              + " bytes left");
    }
    return count;
  }

  /** Skips the blocks whose size is told; gives the items of the first whose size is not. */
  private long skipBlocks() throws IOException {
    long count = readLong();
    while (count < 0) {
      slice(length("block"));
      count = readLong();
    }
    if (count > bytes.remaining()) {
      throw new IOException(
          "a collection of "
              + count
              + " items cannot be in the "
              + bytes.remaining()
              + " bytes left");
    }
    return count;
  }

  private int length(String what) throws IOException {
    long length = readLong();
    if (length < 0 || length > bytes.remaining()) {
      throw new IOException(
          "a " + what + " of " + length + " bytes cannot be in the " + bytes.remaining() + " left");
    }
    return (int) length;
  }

  private ByteBuffer slice(int length) throws EOFException {
    require(length);
    ByteBuffer slice = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    return slice;
  }

  private int next() throws EOFException {
    require(1);
    return bytes.get() & 0xff;
  }

  private void require(int length) throws EOFException {
    if (bytes.remaining() < length) {
      throw new EOFException("the bytes end too early");
    }
  }
}
