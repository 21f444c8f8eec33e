package io.chitra.worker.record;

import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Committed records as Parquet files, {@code records/<topic>-<partition>/<from>-<to>.parquet}. A
 * value that is no record is left out.
 *
 * @param topic of the results
 */
public record RecordFiles(String topic, Codec<ImageRecord> codec)
    implements OffsetFiles.Kind<ResultRow> {

  private static final Logger LOG = LoggerFactory.getLogger(RecordFiles.class);

  @Override
  public String folder() {
    return "records";
  }

  @Override
  public String extension() {
    return "parquet";
  }

  @Override
  public String contentType() {
    return "application/vnd.apache.parquet";
  }

  @Override
  public OffsetFiles.Place place(ResultRow row) {
    return new OffsetFiles.Place(topic, row.partition(), row.offset());
  }

  @Override
  public int bytes(ResultRow row) {
    return row.value().length;
  }

  @Override
  public byte[] file(List<ResultRow> rows) {
    RecordTable table = new RecordTable();
    for (ResultRow row : rows) {
      try {
        table.add(row.partition(), row.offset(), codec.decode(row.value()));
      } catch (BadRecordException e) {
        LOG.warn("Skipped {}-{}@{}: {}", topic, row.partition(), row.offset(), e.getMessage());
      }
    }
    return table.toParquet();
  }
}
