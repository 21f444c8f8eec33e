package io.chitra.cli.dataset;

import io.chitra.dataset.Sha256;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Submission;
import java.time.Instant;
import java.util.Map;

/** Records for tests. */
final class TestRecords {

  private TestRecords() {}

  static ImageRecord.Builder record(String jobId, int index, byte[] file) {
    return ImageRecord.newBuilder()
        .setJobId(jobId)
        .setDataset("weather")
        .setImageIndex(index)
        .setLabels(Map.of())
        .setSubmission(new Submission("render.jobs", 1, 7L))
        .setModelDigest("ab".repeat(32))
        .setModelName("starter-model")
        .setPrompt("নীল বিড়াল")
        .setNumInferenceSteps(20)
        .setGuidanceScale(7.0)
        .setScheduler("DPMSolverMultistepScheduler")
        .setWidth(8)
        .setHeight(8)
        .setSeed(4294967295L)
        .setFingerprint("cd".repeat(32))
        .setEnvironmentClass("0123456789ab")
        .setObjectKey("images/" + jobId + "-" + index + ".png")
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
