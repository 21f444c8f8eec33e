package io.chitra.dataset.plan;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Submission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows for tests, in the order that they are added. */
final class PlanRows implements Rows {

  private final List<DatasetRow> rows = new ArrayList<>();

  /** Adds the pictures of a job. */
  PlanRows job(String id, int pictures, Map<String, Object> labels) {
    for (int index = 0; index < pictures; index++) {
      rows.add(new DatasetRow(record(id, index, labels), 1, rows.size(), null));
    }
    return this;
  }

  private static ImageRecord record(String id, int index, Map<String, Object> labels) {
    return ImageRecord.newBuilder()
        .setJobId(id)
        .setDataset("weather")
        .setImageIndex(index)
        .setLabels(labels)
        .setSubmission(new Submission("render.jobs", 1, 7L))
        .setModelDigest("ab".repeat(32))
        .setPrompt("নীল " + id)
        .setNumInferenceSteps(20)
        .setGuidanceScale(7.0)
        .setScheduler("DDIMScheduler")
        .setWidth(8)
        .setHeight(8)
        .setSeed(index)
        .setFingerprint("cd".repeat(32))
        .setEnvironmentClass("0123456789ab")
        .setObjectKey("images/" + id + "-" + index + ".png")
        .setBucket("chitra")
        .setContentType("image/png")
        .setFileBytes(100L)
        .setFileSha256("12".repeat(32))
        .setPixelSha256("ef".repeat(32))
        .setReused(false)
        .setRenderedAt(Instant.EPOCH)
        .setRenderMillis(5)
        .setEnvironment(Map.of())
        .build();
  }

  @Override
  public long size() {
    return rows.size();
  }

  @Override
  public DatasetRow at(long position) {
    return rows.get(Math.toIntExact(position));
  }
}
