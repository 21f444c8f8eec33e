package io.chitra.checker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Schemas from files ({@code *.avsc}), by their fingerprints, and values in Avro's single-object
 * encoding that were written with one of them. Immutable.
 */
final class Schemas {

  private static final int HEADER = 10;
  private static final byte[] MARKER = {(byte) 0xC3, 0x01};

  private final Map<Long, Schema> byFingerprint;

  private Schemas(Map<Long, Schema> byFingerprint) {
    this.byFingerprint = byFingerprint;
  }

  /**
   * Reads folders of schemas; within one of them, files may refer to types of others.
   *
   * @throws IOException also when a schema cannot be understood
   */
  static Schemas read(List<Path> folders) throws IOException {
    Map<Long, Schema> all = new HashMap<>();
    for (Path folder : folders) {
      for (Schema schema : read(folder)) {
        all.put(SchemaNormalization.parsingFingerprint64(schema), schema);
      }
    }
    return new Schemas(all);
  }

  private static List<Schema> read(Path folder) throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = new ArrayList<>(files.filter(f -> f.toString().endsWith(".avsc")).sorted().toList());
    }
    List<Schema> found = new ArrayList<>();
    Map<String, Schema> types = new HashMap<>();
    AvroRuntimeException reason = null;
    boolean progress = true;
    while (!left.isEmpty() && progress) {
      progress = false;
      for (Path file : List.copyOf(left)) {
        try {
          Schema schema = parse(Files.readString(file), types);
          found.add(schema);
          // Files of one folder may be versions of one type: those name no others.
          types.put(schema.getFullName(), schema);
          left.remove(file);
          progress = true;
        } catch (AvroRuntimeException e) {
          reason = e; // perhaps a type of a file that comes later
        }
      }
    }
    if (!left.isEmpty()) {
      throw new IOException("Cannot read the schemas " + left, reason);
    }
    return found;
  }

  private static Schema parse(String text, Map<String, Schema> types) {
    try {
      return new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      Schema.Parser parser = new Schema.Parser();
      parser.addTypes(types.values());
      return parser.parse(text);
    }
  }

  /** The value; empty when it is not one, or its schema is not known. */
  Optional<GenericRecord> decode(byte[] bytes) {
    if (bytes.length < HEADER || bytes[0] != MARKER[0] || bytes[1] != MARKER[1]) {
      return Optional.empty();
    }
    long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(MARKER.length);
    Schema schema = byFingerprint.get(fingerprint);
    if (schema == null) {
      return Optional.empty();
    }
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
    try {
      GenericRecord value = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
      return decoder.isEnd() ? Optional.of(value) : Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
