package io.chitra.worker.record;

import io.chitra.schemas.ArchiveFile;
import io.chitra.schemas.ArchivedRecord;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of the topics of jobs as Avro files, {@code
 * jobs/<topic>-<partition>/<from>-<to>.avro}: whatever a producer sent, readable or not, with key,
 * headers and the broker's time.
 */
public record JobArchive(Codec<ArchivedRecord> codec) implements OffsetFiles.Kind<JobRow> {

  @Override
  public String folder() {
    return "jobs";
  }

  @Override
  public String extension() {
    return "avro";
  }

  @Override
  public String contentType() {
    return "application/vnd.apache.avro";
  }

  @Override
  public OffsetFiles.Place place(JobRow row) {
    return new OffsetFiles.Place(row.topic(), row.partition(), row.offset());
  }

  @Override
  public int bytes(JobRow row) {
    return row.record().length;
  }

  @Override
  public byte[] file(List<JobRow> rows) {
    List<ArchivedRecord> records = new ArrayList<>(rows.size());
    for (JobRow row : rows) {
      try {
        records.add(codec.decode(row.record()));
      } catch (BadRecordException e) {
        throw new IllegalStateException(
            "Cannot archive %s-%d@%d: the worker's own bytes are broken"
                .formatted(row.topic(), row.partition(), row.offset()),
            e);
      }
    }
    return ArchiveFile.write(records);
  }
}
