package io.chitra.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every version that a record's schema ever had, oldest first, kept as resources {@code
 * history/<record>-<n>.avsc} with n from 1. What was written with any of them stays readable.
 */
final class SchemaHistory {

  private SchemaHistory() {}

  static List<Schema> of(String record) {
    List<Schema> versions = new ArrayList<>();
    while (true) {
      String resource = "history/" + record + "-" + (versions.size() + 1) + ".avsc";
      try (InputStream in = SchemaHistory.class.getResourceAsStream(resource)) {
        if (in == null) {
          return List.copyOf(versions);
        }
        versions.add(new Schema.Parser().parse(in));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the resource " + resource, e);
      }
    }
  }
}
