package io.chitra.store;

import io.chitra.schemas.Codec;
import io.chitra.schemas.SchemaSource;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * The schemas that producers write with, kept in S3 under {@code schemas/<16 hex>.avsc}, so that
 * readers of another version can resolve their records. Safe for use by several threads; the store
 * belongs to the caller.
 */
public final class StoredSchemas implements SchemaSource {

  private final ObjectStore objects;

  public StoredSchemas(ObjectStore objects) {
    this.objects = objects;
  }

  /** Keeps the schema that a codec writes with, unless it is there already. */
  public void keep(Codec<?> codec) {
    objects
        .putIfAbsent(
            key(codec.fingerprint()),
            codec.schema().toString().getBytes(StandardCharsets.UTF_8),
            "application/json",
            Map.of())
        .join();
  }

  @Override
  public Optional<Schema> find(long fingerprint) {
    try {
      byte[] schema = objects.get(key(fingerprint)).join();
      return Optional.of(new Schema.Parser().parse(new String(schema, StandardCharsets.UTF_8)));
    } catch (CompletionException e) {
      if (e.getCause() instanceof NoSuchObjectException) {
        return Optional.empty();
      }
      throw e;
    } catch (SchemaParseException unreadable) {
      return Optional.empty();
    }
  }

  private static String key(long fingerprint) {
    return "schemas/" + Codec.hex(fingerprint) + ".avsc";
  }
}
