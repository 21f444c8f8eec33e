package io.chitra.worker.task;

import static io.chitra.worker.Jobs.job;
import static io.chitra.worker.Jobs.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.worker.Jobs;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FingerprintTest {

  private static final String PLAIN = Fingerprint.of(task(job(), 0), 1);

  @Test
  void isTheDigestOfTheCanonicalForm() throws Exception {
    String canonical =
        "{\"guidance_scale\":7.0,\"height\":256,\"model_digest\":\""
            + Jobs.DIGEST
            + "\",\"negative_prompt\":\"flat style\",\"num_inference_steps\":20,\"output\":\"png\","
            + "\"pixel_version\":1,\"prompt\":\"নীল বিড়াল\",\"scheduler\":\"DDIMScheduler\","
            + "\"seed\":7,\"task\":\"text_to_image\",\"width\":256}";
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));

    assertEquals(HexFormat.of().formatHex(digest), PLAIN);
  }

  static Stream<Arguments> decidesPixels() {
    return Stream.of(
        change("prompt", job -> job.setPrompt("a blue cat")),
        change("negative prompt", job -> job.setNegativePrompt("3d style")),
        change("empty negative prompt", job -> job.setNegativePrompt("")),
        change("no negative prompt", job -> job.setNegativePrompt(null)),
        change("steps", job -> job.setNumInferenceSteps(21)),
        change("guidance", job -> job.setGuidanceScale(7.5)),
        change("scheduler", job -> job.setScheduler("euler")),
        change("width", job -> job.setWidth(288)),
        change("height", job -> job.setHeight(288)),
        change("seed", job -> job.setSeed(8L)));
  }

  private static Arguments change(String what, UnaryOperator<RenderJob.Builder> change) {
    return Arguments.of(what, change);
  }

  @ParameterizedTest
  @MethodSource("decidesPixels")
  void changesWithWhatDecidesPixels(String what, UnaryOperator<RenderJob.Builder> change) {
    assertNotEquals(PLAIN, Fingerprint.of(task(change.apply(job()), 0), 1), what);
  }

  @Test
  void changesWithTheImageIndexAndTheVersionOfTheCode() {
    assertNotEquals(PLAIN, Fingerprint.of(task(job(), 1), 1));
    assertNotEquals(PLAIN, Fingerprint.of(task(job(), 0), 2));
  }

  @Test
  void doesNotSayAnEmptyNegativePromptIsNone() {
    assertNotEquals(
        Fingerprint.of(task(job().setNegativePrompt(null), 0), 1),
        Fingerprint.of(task(job().setNegativePrompt(""), 0), 1));
  }

  @Test
  void knowsNothingOfWhoAsks() {
    RenderJob.Builder other =
        job()
            .setId("other")
            .setDataset("elsewhere")
            .setLabels(Map.of())
            .setModelName("another name")
            .setNumImagesPerPrompt(100);
    ImageTask elsewhere = ImageTask.of(new Submission("jobs", 0, 1L), Jobs.resolved(other), 0);

    assertEquals(PLAIN, Fingerprint.of(elsewhere, 1));
  }

  @Test
  void isTheSameForTheSameSeedReachedInTwoWays() {
    assertEquals(
        Fingerprint.of(task(job().setSeed(7L), 2), 1),
        Fingerprint.of(task(job().setSeed(9L), 0), 1));
  }

  @Test
  void seedsGoRoundAtTheirEnd() {
    assertEquals(1, task(job().setSeed(4294967295L), 2).seed());
  }
}
