package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.Message.Field;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A constant of a graph: an initializer, or a constant node's value. Where it is large it stays in
 * its file until it is asked for. Immutable.
 */
public final class Tensor {

  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int FLOAT_DATA = 4;
  private static final int INT32_DATA = 5;
  private static final int INT64_DATA = 7;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int DOUBLE_DATA = 10;
  private static final int UINT64_DATA = 11;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  private static final int EXTERNAL = 1;

  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  /**
   * From this size on a weight is left in the graph's file; smaller ones are parts of the graph.
   */
  private static final int LEFT_IN_FILE = 1024;

  private final Message message;
  private final String name;
  private final TensorType type;
  private final List<Long> dims;
  private final Data data;

  private Tensor(Message message, String name, TensorType type, List<Long> dims, Data data) {
    this.message = message;
    this.name = name;
    this.type = type;
    this.dims = List.copyOf(dims);
    this.data = data;
  }

  /** Where the elements are, little-endian and dense. */
  private sealed interface Data {

    long length();

    /** In the graph itself. */
    record InGraph(ByteBuffer bytes) implements Data {
      @Override
      public long length() {
        return bytes.remaining();
      }
    }

    /** In a part of a file. */
    record InFile(Path file, long offset, long length) implements Data {}

    /** In a direct buffer: new elements, which the session must be given under the name. */
    record InMemory(ByteBuffer bytes) implements Data {
      @Override
      public long length() {
        return bytes.remaining();
      }
    }
  }

  /**
   * A tensor with new elements.
   *
   * @param bytes of as many elements as the shape has, little-endian, in a direct buffer
   */
  public static Tensor inMemory(String name, TensorType type, List<Long> dims, ByteBuffer bytes) {
    List<Field> fields = header(name, type, dims);
    fields.addAll(location("in-memory", 0, bytes.remaining()));
    return new Tensor(Message.of(fields), name, type, dims, new Data.InMemory(bytes));
  }

  /** A list of integers, in the graph itself. */
  static Tensor integers(String name, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    List<Long> dims = List.of((long) values.length);
    List<Field> fields = header(name, TensorType.INT64, dims);
    fields.add(Field.bytes(RAW_DATA, bytes));
    return new Tensor(Message.of(fields), name, TensorType.INT64, dims, new Data.InGraph(bytes));
  }

  /**
   * Reads a TensorProto.
   *
   * @param message parsed from the graph's own file as it is mapped
   * @param files of the graph
   * @throws DiffusionException permanent, when elements are missing, too few or too many, or
   *     outside of the graph's folder
   */
  static Tensor read(Message message, GraphFiles files) throws DiffusionException {
    String name = message.text(NAME);
    TensorType type = TensorType.of(message.integer(DATA_TYPE, 0));
    List<Long> dims = Arrays.stream(message.integers(DIMS)).boxed().toList();
    Message written = message;
    Data data;
    List<ByteBuffer> raw = message.contents(RAW_DATA);
    if (message.integer(DATA_LOCATION, 0) == EXTERNAL) {
      data = external(message, name, files);
    } else if (raw.isEmpty()) {
      data = new Data.InGraph(listed(message, type));
    } else if (raw.get(0).remaining() < LEFT_IN_FILE) {
      data = new Data.InGraph(raw.get(0));
    } else {
      int offset = raw.get(0).position();
      int length = raw.get(0).remaining();
      data = new Data.InFile(files.graph(), offset, length);
      written = message.with(Set.of(RAW_DATA), location(files.name(), offset, length));
    }
    requireSize(message, name, type, dims, data.length());
    return new Tensor(written, name, type, dims, data);
  }

  /** Elements that are listed one by one. */
  private static ByteBuffer listed(Message message, TensorType type) throws DiffusionException {
    return switch (type) {
      case FLOAT -> joined(message.contents(FLOAT_DATA));
      case DOUBLE -> joined(message.contents(DOUBLE_DATA));
      case INT64 -> narrowed(message.integers(INT64_DATA), type);
      case UINT32, UINT64 -> narrowed(message.integers(UINT64_DATA), type);
      default -> narrowed(message.integers(INT32_DATA), type);
    };
  }

  private static ByteBuffer joined(List<ByteBuffer> parts) {
    ByteBuffer all =
        ByteBuffer.allocate(
            parts.stream().mapToInt(ByteBuffer::remaining).reduce(0, Math::addExact));
    parts.forEach(all::put);
    return all.flip();
  }

  private static ByteBuffer narrowed(long[] elements, TensorType type) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(elements.length, type.bytes()));
    for (long element : elements) {
      for (int i = 0; i < type.bytes(); i++) {
        bytes.put((byte) (element >>> (i * Byte.SIZE)));
      }
    }
    return bytes.flip();
  }

  private static Data external(Message message, String name, GraphFiles files)
      throws DiffusionException {
    String location = "";
    long offset = 0;
    long length = -1;
    for (Message entry : message.messages(EXTERNAL_DATA)) {
      String value = entry.text(ENTRY_VALUE);
      switch (entry.text(ENTRY_KEY)) {
        case "location" -> location = value;
        case "offset" -> offset = number(message, name, value);
        case "length" -> length = number(message, name, value);
        default -> {} // checksums
      }
    }
    GraphFiles.Weights weights = files.weights(location, name);
    long size = weights.size();
    if (length < 0) {
      length = size - offset;
    }
    if (offset < 0 || offset > size || length > size - offset) {
      throw DiffusionException.permanent(
          "Cannot read %s: tensor %s is %d bytes from byte %d of %s, which has %d; is it complete?"
              .formatted(message.source(), name, length, offset, location, size));
    }
    return new Data.InFile(weights.file(), offset, length);
  }

  private static long number(Message message, String name, String value) throws DiffusionException {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw message.malformed(
          "the external data of tensor %s begins or ends at '%s'".formatted(name, value));
    }
  }

  private static void requireSize(
      Message message, String name, TensorType type, List<Long> dims, long bytes)
      throws DiffusionException {
    if (type == TensorType.OTHER) {
      return;
    }
    long expected = type.bytes();
    try {
      for (long dim : dims) {
        expected = Math.multiplyExact(expected, dim);
      }
    } catch (ArithmeticException e) {
      expected = -1;
    }
    if (bytes != expected) {
      throw message.malformed(
          "tensor %s has %d bytes, but %s of %s".formatted(name, bytes, type, dims));
    }
  }

  private static List<Field> header(String name, TensorType type, List<Long> dims) {
    List<Field> fields = new ArrayList<>();
    dims.forEach(dim -> fields.add(Field.integer(DIMS, dim)));
    fields.add(Field.integer(DATA_TYPE, type.code()));
    fields.add(Field.text(NAME, name));
    return fields;
  }

  private static List<Field> location(String file, long offset, long length) {
    return List.of(
        Field.integer(DATA_LOCATION, EXTERNAL),
        entry("location", file),
        entry("offset", Long.toString(offset)),
        entry("length", Long.toString(length)));
  }

  private static Field entry(String key, String value) {
    return Field.message(
        EXTERNAL_DATA, Message.of(Field.text(ENTRY_KEY, key), Field.text(ENTRY_VALUE, value)));
  }

  public String name() {
    return name;
  }

  public TensorType type() {
    return type;
  }

  /** Outermost first; empty for a scalar. */
  public List<Long> dims() {
    return dims;
  }

  /** Whether the elements are new ones in memory, which a session must be given. */
  boolean inMemory() {
    return data instanceof Data.InMemory;
  }

  /** The number of elements. */
  private int size() {
    return Math.toIntExact(dims.stream().reduce(1L, Math::multiplyExact));
  }

  /**
   * The elements' bytes, little-endian.
   *
   * @throws DiffusionException permanent, when they cannot be read
   */
  public ByteBuffer bytes() throws DiffusionException {
    ByteBuffer bytes;
    if (data instanceof Data.InGraph inGraph) {
      bytes = inGraph.bytes();
    } else if (data instanceof Data.InMemory inMemory) {
      bytes = inMemory.bytes();
    } else {
      bytes = map((Data.InFile) data);
    }
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer map(Data.InFile inFile) throws DiffusionException {
    try (FileChannel channel = FileChannel.open(inFile.file())) {
      return channel.map(MapMode.READ_ONLY, inFile.offset(), inFile.length());
    } catch (IOException e) {
      throw DiffusionException.permanent(
          "Cannot read tensor %s of %s: %s".formatted(name, inFile.file(), e), e);
    }
  }

  /**
   * The elements as float32.
   *
   * @throws DiffusionException permanent, when they are of a type that has no such values
   */
  public float[] floats() throws DiffusionException {
    ByteBuffer bytes = bytes();
    float[] floats = new float[size()];
    switch (type) {
      case FLOAT -> bytes.asFloatBuffer().get(floats);
      case FLOAT16 -> {
        for (int i = 0; i < floats.length; i++) {
          floats[i] = HalfPrecision.toFloat(bytes.getShort());
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < floats.length; i++) {
          floats[i] = HalfPrecision.bfloat16ToFloat(bytes.getShort());
        }
      }
      case INT8 -> {
        for (int i = 0; i < floats.length; i++) {
          floats[i] = bytes.get();
        }
      }
      default ->
          throw DiffusionException.permanent(
              "Cannot read tensor %s as numbers of floating point: it is of type %s"
                  .formatted(name, type));
    }
    return floats;
  }

  /** The elements of a tensor of type INT64. */
  long[] longs() throws DiffusionException {
    long[] longs = new long[size()];
    bytes().asLongBuffer().get(longs);
    return longs;
  }

  /** The TensorProto: of the elements only those that are in the graph itself. */
  Message message() {
    return message;
  }
}
