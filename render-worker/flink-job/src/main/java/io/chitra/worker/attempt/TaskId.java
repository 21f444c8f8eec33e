package io.chitra.worker.attempt;

import io.chitra.worker.task.PlannedImage;
import java.util.zip.CRC32C;

/**
 * What the journal knows a task by: its submission, its index, and a checksum of the job, so that a
 * topic which was made anew, or a version that resolves the job otherwise, is not taken for what
 * failed before.
 *
 * @param name {@code <topic>/<partition>/<offset>/<index>/<8 hex>}
 */
public record TaskId(String name) {

  static TaskId of(PlannedImage planned) {
    CRC32C job = new CRC32C();
    job.update(planned.job());
    return new TaskId(
        "%s/%d/%d/%d/%08x"
            .formatted(
                planned.topic(),
                planned.partition(),
                planned.offset(),
                planned.imageIndex(),
                job.getValue()));
  }
}
