package io.chitra.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaHistoryTest {

  static Stream<Schema> schemas() {
    return Stream.of(
        RenderJob.getClassSchema(),
        ImageRecord.getClassSchema(),
        DeadLetter.getClassSchema(),
        CancelledRange.getClassSchema(),
        Cancel.getClassSchema(),
        Incident.getClassSchema(),
        SubmissionSummary.getClassSchema(),
        ArchivedRecord.getClassSchema(),
        WorkerBeat.getClassSchema());
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void thePresentVersionIsKept(Schema present) {
    List<Schema> versions = SchemaHistory.of(present.getName());
    long newestKept = versions.isEmpty() ? 0 : Codec.fingerprint(versions.get(versions.size() - 1));
    assertEquals(
        Codec.hex(Codec.fingerprint(present)),
        Codec.hex(newestKept),
        () ->
            "%s has changed. Records written with its older versions must stay readable: leave the"
                    .formatted(present.getName())
                + " kept versions as they are, and keep this one as src/main/resources/io/chitra/"
                + "schemas/history/%s-%d.avsc:%n%s"
                    .formatted(present.getName(), versions.size() + 1, withoutJavaTypes(present)));
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void everyVersionIsReadable(Schema present) {
    for (Schema version : SchemaHistory.of(present.getName())) {
      var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(present, version);
      assertEquals(
          SchemaCompatibilityType.COMPATIBLE,
          compatibility.getType(),
          () -> compatibility.getDescription());
    }
  }

  private static String withoutJavaTypes(Schema schema) {
    return schema.toString(true).replaceAll(",\\s*\"avro.java.string\"\\s*:\\s*\"String\"", "");
  }
}
