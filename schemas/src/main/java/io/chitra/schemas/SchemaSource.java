package io.chitra.schemas;

import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Where the schemas of newer producers are looked up: a record names the schema that it was written
 * with by a fingerprint only. Implementations are safe for use by several threads.
 */
@FunctionalInterface
public interface SchemaSource {

  /** Knows no schema. */
  SchemaSource NONE = fingerprint -> Optional.empty();

  /**
   * Finds a schema by its CRC-64-AVRO fingerprint. What cannot be asked at the moment is an
   * unchecked exception, which passes through {@link Codec#decode}: it says nothing about the
   * record.
   */
  Optional<Schema> find(long fingerprint);
}
