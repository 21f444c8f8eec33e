package io.chitra.worker.export;

import io.chitra.dataset.Sha256;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Submission;
import java.time.Instant;
import java.util.Map;

/** Records for tests. */
final class Records {

  private Records() {}

  /** Of a picture of 64 x 40 pixels. */
  static ImageRecord.Builder of(String job, int index, byte[] file) {
    return ImageRecord.newBuilder()
        .setJobId(job)
        .setDataset("animals")
        .setImageIndex(index)
        .setLabels(Map.of())
        .setSubmission(new Submission("render.jobs", 1, 7L))
        .setModelDigest("ab".repeat(32))
        .setPrompt("a " + job)
        .setNumInferenceSteps(20)
        .setGuidanceScale(7.0)
        .setScheduler("DDIMScheduler")
        .setWidth(64)
        .setHeight(40)
        .setSeed(index)
        .setFingerprint("cd".repeat(32))
        .setEnvironmentClass("0123456789ab")
        .setObjectKey("images/" + job + "-" + index + ".png")
        .setBucket("chitra")
        .setContentType("image/png")
        .setFileBytes(file.length)
        .setFileSha256(Sha256.of(file))
        .setPixelSha256("ef".repeat(32))
        .setReused(false)
        .setRenderedAt(Instant.EPOCH)
        .setRenderMillis(5)
        .setEnvironment(Map.of());
  }
}
