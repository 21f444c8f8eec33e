package io.chitra.worker.topology;

import io.chitra.schemas.Codec;
import io.chitra.schemas.SchemaSource;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Schemas of newer producers, which they keep in S3 under {@code schemas/<16 hex>.avsc}. */
final class StoredSchemas implements SchemaSource {

  private static final Logger LOG = LoggerFactory.getLogger(StoredSchemas.class);

  private final ObjectStore objects;

  StoredSchemas(ObjectStore objects) {
    this.objects = objects;
  }

  @Override
  public Optional<Schema> find(long fingerprint) {
    try {
      byte[] schema = objects.get("schemas/" + Codec.hex(fingerprint) + ".avsc").join();
      return Optional.of(new Schema.Parser().parse(new String(schema, StandardCharsets.UTF_8)));
    } catch (CompletionException e) {
      if (e.getCause() instanceof NoSuchObjectException) {
        return Optional.empty();
      }
      throw e;
    } catch (SchemaParseException e) {
      LOG.warn("Cannot read schemas/{}.avsc: {}", Codec.hex(fingerprint), e.getMessage());
      return Optional.empty();
    }
  }
}
