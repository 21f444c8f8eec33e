package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A Protocol Buffers message without its schema: fields by number, in their order. What is not
 * asked for is neither decoded nor copied nor lost. Immutable.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding">the encoding</a>
 */
final class Message {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private static final int MAX_FIELD_NUMBER = (1 << 29) - 1;

  private final String source;
  private final List<Field> fields;

  private Message(String source, List<Field> fields) {
    this.source = source;
    this.fields = fields;
  }

  /**
   * A field.
   *
   * @param content the bytes of a length-delimited field, the encoded value of any other
   */
  record Field(int number, int wireType, ByteBuffer content) {

    static Field integer(int number, long value) {
      ByteBuffer content = ByteBuffer.allocate(10);
      putVarint(content, value);
      return new Field(number, VARINT, content.flip());
    }

    static Field text(int number, String text) {
      return bytes(number, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Field bytes(int number, ByteBuffer bytes) {
      return new Field(number, LENGTH_DELIMITED, bytes);
    }

    static Field message(int number, Message message) {
      return bytes(number, message.encode());
    }

    private long tag() {
      return ((long) number << 3) | wireType;
    }

    private int size() {
      int size = Math.addExact(varintSize(tag()), content.remaining());
      return wireType == LENGTH_DELIMITED
          ? Math.addExact(size, varintSize(content.remaining()))
          : size;
    }
  }

  static Message of(Field... fields) {
    return of(List.of(fields));
  }

  static Message of(List<Field> fields) {
    return new Message("a new message", List.copyOf(fields));
  }

  /**
   * Parses a message. The contents of its fields, and of messages within, are views of the same
   * bytes, at their positions.
   *
   * @param source of the bytes, for messages to people
   */
  static Message parse(String source, ByteBuffer bytes) throws DiffusionException {
    List<Field> fields = new ArrayList<>();
    ByteBuffer in = bytes.duplicate();
    while (in.hasRemaining()) {
      long tag = varint(source, in);
      long number = tag >>> 3;
      int wireType = (int) (tag & 7);
      if (number < 1 || number > MAX_FIELD_NUMBER) {
        throw malformed(source, "it has a field with number " + number);
      }
      fields.add(new Field((int) number, wireType, content(source, wireType, in)));
    }
    return new Message(source, fields);
  }

  private static ByteBuffer content(String source, int wireType, ByteBuffer in)
      throws DiffusionException {
    long size =
        switch (wireType) {
          case VARINT -> {
            ByteBuffer value = in.duplicate();
            varint(source, value);
            yield value.position() - in.position();
          }
          case FIXED32 -> Integer.BYTES;
          case FIXED64 -> Long.BYTES;
          case LENGTH_DELIMITED -> varint(source, in);
          default -> throw malformed(source, "it has a field of wire type " + wireType);
        };
    if (size < 0 || size > in.remaining()) {
      throw malformed(
          source,
          "a field has %d bytes where %d are left; is the file complete?"
              .formatted(size, in.remaining()));
    }
    int end = in.position() + (int) size;
    ByteBuffer content = in.duplicate().limit(end);
    in.position(end);
    return content;
  }

  private static long varint(String source, ByteBuffer in) throws DiffusionException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (!in.hasRemaining()) {
        throw malformed(source, "a number has no end; is the file complete?");
      }
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed(source, "a number has more than 64 bits");
  }

  private static void putVarint(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static int varintSize(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  private static DiffusionException malformed(String source, String why) {
    return DiffusionException.permanent(
        "Cannot read %s: it is not an ONNX graph: %s".formatted(source, why));
  }

  DiffusionException malformed(String why) {
    return malformed(source, why);
  }

  String source() {
    return source;
  }

  /** The contents of every field of this number. */
  List<ByteBuffer> contents(int number) {
    return fields.stream()
        .filter(field -> field.number == number)
        .map(field -> field.content.duplicate().order(ByteOrder.LITTLE_ENDIAN))
        .toList();
  }

  List<Message> messages(int number) throws DiffusionException {
    List<Message> messages = new ArrayList<>();
    for (ByteBuffer content : contents(number)) {
      messages.add(parse(source, content));
    }
    return messages;
  }

  /** The message of this number, the last one where there are more. */
  @Nullable Message message(int number) throws DiffusionException {
    List<ByteBuffer> contents = contents(number);
    return contents.isEmpty() ? null : parse(source, contents.get(contents.size() - 1));
  }

  List<String> texts(int number) {
    return contents(number).stream()
        .map(content -> StandardCharsets.UTF_8.decode(content).toString())
        .toList();
  }

  /** The text of this number; empty when absent. */
  String text(int number) {
    List<String> texts = texts(number);
    return texts.isEmpty() ? "" : texts.get(texts.size() - 1);
  }

  /** The integers of this number, packed or not. */
  long[] integers(int number) throws DiffusionException {
    LongStream.Builder integers = LongStream.builder();
    for (ByteBuffer content : contents(number)) {
      while (content.hasRemaining()) {
        integers.add(varint(source, content));
      }
    }
    return integers.build().toArray();
  }

  long integer(int number, long absent) throws DiffusionException {
    long[] integers = integers(number);
    return integers.length == 0 ? absent : integers[integers.length - 1];
  }

  /** A copy that has these fields in place of those of the given numbers. */
  Message with(Set<Integer> numbers, Collection<Field> replacements) {
    List<Field> changed = new ArrayList<>();
    fields.stream().filter(field -> !numbers.contains(field.number)).forEach(changed::add);
    changed.addAll(replacements);
    return new Message(source, changed);
  }

  /** A copy that has these fields in place of all others of the number. */
  Message with(int number, Field... replacements) {
    return with(Set.of(number), Arrays.asList(replacements));
  }

  /** The message's bytes, outside the heap. */
  ByteBuffer encode() {
    int size = 0;
    for (Field field : fields) {
      size = Math.addExact(size, field.size());
    }
    ByteBuffer out = ByteBuffer.allocateDirect(size);
    for (Field field : fields) {
      putVarint(out, field.tag());
      if (field.wireType == LENGTH_DELIMITED) {
        putVarint(out, field.content.remaining());
      }
      out.put(field.content.duplicate());
    }
    return out.flip();
  }
}
