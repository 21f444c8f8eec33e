package io.chitra.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records with every field set. */
final class Records {

  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123Z");

  private Records() {}

  static RenderJob renderJob() {
    return RenderJob.newBuilder()
        .setId("cat-1")
        .setDataset("animals")
        .setLabels(Map.of("colour", "নীল", "count", 3L, "weight", 1.5, "wild", false))
        .setModelDigest("ab".repeat(32))
        .setModelName("starter")
        .setPrompt("নীল বিড়াল 🐈")
        .setNegativePrompt("")
        .setPrompt2("লাল")
        .setNegativePrompt2("blurry")
        .setNumInferenceSteps(2)
        .setTimesteps(List.of(999, 499))
        .setGuidanceScale(7.0)
        .setGuidanceRescale(0.7)
        .setScheduler("DPMSolverMultistepScheduler")
        .setEta(0.5)
        .setWidth(256)
        .setHeight(320)
        .setImage(file("12"))
        .setStrength(0.6)
        .setMaskImage(file("34"))
        .setMask(new MaskShape(new Rectangle(1, 2, 3, 4), null))
        .setOutpaint(new Outpaint(8, 0, 16, 24))
        .setKeepUnmasked(true)
        .setOriginalSize(List.of(1024, 768))
        .setTargetSize(List.of(512, 384))
        .setCropsCoordsTopLeft(List.of(0, 128))
        .setLoras(List.of(new Lora(file("56"), 0.8, "ink"), new Lora(file("78"), -1.0, null)))
        .setVae(new Vae("9a".repeat(32), "other"))
        .setOutputFormat("jpeg")
        .setOutputQuality(90)
        .setOutputMode("L")
        .setSeed(4294967295L)
        .setNumImagesPerPrompt(1_000_000)
        .setFirstIndex(17)
        .setIndexCount(2)
        .setCampaign("spring")
        .setPriority(3)
        .setNotBefore(NOON)
        .setDeadline(NOON.plusSeconds(60))
        .setSubmittedAt(NOON)
        .setSubmittedBy("chitra 0.1.0")
        .setSourceLine("jobs.jsonl:7")
        .build();
  }

  static ImageRecord imageRecord() {
    return ImageRecord.newBuilder()
        .setJobId("cat-1")
        .setDataset("animals")
        .setImageIndex(18)
        .setLabels(Map.of("count", 3L))
        .setSubmission(submission())
        .setModelDigest("ab".repeat(32))
        .setModelName("starter")
        .setPrompt("নীল বিড়াল")
        .setNegativePrompt(null)
        .setPrompt2("লাল")
        .setNegativePrompt2("blurry")
        .setPromptTruncated("বিড়াল")
        .setNegativePromptTruncated(null)
        .setPrompt2Truncated("লাল")
        .setNegativePrompt2Truncated(null)
        .setNumInferenceSteps(2)
        .setTimesteps(List.of(999, 499))
        .setGuidanceScale(7.0)
        .setGuidanceRescale(0.7)
        .setScheduler("DDIMScheduler")
        .setEta(0.5)
        .setWidth(256)
        .setHeight(256)
        .setTask("inpainting")
        .setImage(file("12"))
        .setStrength(0.6)
        .setMaskImage(file("34"))
        .setMask(new MaskShape(null, List.of(new Point(1, 2), new Point(3, 4), new Point(5, 6))))
        .setOutpaint(new Outpaint(8, 0, 16, 24))
        .setKeepUnmasked(true)
        .setOriginalSize(List.of(1024, 768))
        .setTargetSize(List.of(512, 384))
        .setCropsCoordsTopLeft(List.of(0, 128))
        .setLoras(List.of(new Lora(file("56"), 0.8, "ink")))
        .setVae(new Vae("9a".repeat(32), "other"))
        .setOutputFormat("jpeg")
        .setOutputQuality(90)
        .setOutputMode("L")
        .setSeed(1L)
        .setFingerprint("cd".repeat(32))
        .setEnvironmentClass("0123456789ab")
        .setObjectKey("images/cd/cd.png")
        .setBucket("chitra")
        .setContentType("image/png")
        .setFileBytes(12345L)
        .setFileSha256("ef".repeat(32))
        .setPixelSha256("01".repeat(32))
        .setReused(true)
        .setRenderedAt(NOON)
        .setRenderMillis(1234L)
        .setEnvironment(Map.of("onnxruntime", "1.28.0", "device", "cpu"))
        .build();
  }

  static DeadLetter deadLetter() {
    return DeadLetter.newBuilder()
        .setSubmission(submission())
        .setStage(Stage.RESOLVE)
        .setJobId("cat-1")
        .setDataset("animals")
        .setFirstIndex(0)
        .setIndexCount(4)
        .setErrorClass("JobException")
        .setMessage("width: 100 is no multiple of 32")
        .setFailedAt(NOON)
        .setKey(ByteBuffer.wrap("animals/cat-1".getBytes(StandardCharsets.UTF_8)))
        .setValue(ByteBuffer.wrap(new byte[] {1, 2, 3}))
        .build();
  }

  private static InputFile file(String digits) {
    return new InputFile("s3://chitra/inputs/" + digits, digits.repeat(32));
  }

  private static Submission submission() {
    return new Submission("render.jobs", 2, 123_456_789_012L);
  }
}
