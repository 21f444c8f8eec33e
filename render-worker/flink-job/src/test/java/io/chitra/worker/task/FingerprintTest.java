package io.chitra.worker.task;

import static io.chitra.worker.Jobs.file;
import static io.chitra.worker.Jobs.job;
import static io.chitra.worker.Jobs.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.schemas.Vae;
import io.chitra.worker.Jobs;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  void isTheOneThatItAlwaysWas() {
    assertEquals("0fa93a2fac48231b0707026e93b5728f2ac140169f5d262ee11bb34722295e3c", PLAIN);
  }

  private static RenderJob.Builder given() {
    return job().setImage(file("12")).setWidth(256).setHeight(256);
  }

  private record Change(String what, UnaryOperator<RenderJob.Builder> of) {}

  static final List<Change> DECIDING =
      List.of(
          new Change("image", job -> job.setImage(file("34"))),
          new Change("strength", job -> job.setStrength(0.5)),
          new Change("mask image", job -> job.setMaskImage(file("34"))),
          new Change("another mask image", job -> job.setMaskImage(file("56"))),
          new Change(
              "rectangle", job -> job.setMask(new MaskShape(new Rectangle(0, 0, 8, 8), null))),
          new Change("larger", job -> job.setMask(new MaskShape(new Rectangle(0, 0, 8, 9), null))),
          new Change(
              "polygon",
              job ->
                  job.setMask(
                      new MaskShape(
                          null, List.of(new Point(0, 0), new Point(8, 0), new Point(0, 8))))),
          new Change(
              "kept pixels",
              job ->
                  job.setMask(new MaskShape(new Rectangle(0, 0, 8, 8), null))
                      .setKeepUnmasked(true)),
          new Change("left", job -> job.setOutpaint(new Outpaint(8, 0, 0, 0))),
          new Change("right", job -> job.setOutpaint(new Outpaint(0, 8, 0, 0))),
          new Change("top", job -> job.setOutpaint(new Outpaint(0, 0, 8, 0))),
          new Change("bottom", job -> job.setOutpaint(new Outpaint(0, 0, 0, 8))),
          new Change("eta", job -> job.setEta(0.5)),
          new Change("rescale", job -> job.setGuidanceRescale(0.5)),
          new Change(
              "timesteps",
              job -> job.setScheduler("euler").setTimesteps(List.of(999, 749, 499, 249))),
          new Change(
              "as many others",
              job -> job.setScheduler("euler").setTimesteps(List.of(999, 749, 499, 248))),
          new Change("karras", job -> job.setScheduler("dpmpp_2m_karras")),
          new Change("sde", job -> job.setScheduler("dpmpp_2m_sde")),
          new Change("prompt 2", job -> job.setPrompt2("a dog")),
          new Change("negative prompt 2", job -> job.setNegativePrompt2("a dog")),
          new Change("original size", job -> job.setOriginalSize(List.of(1, 2))),
          new Change("target size", job -> job.setTargetSize(List.of(1, 2))),
          new Change("crop", job -> job.setCropsCoordsTopLeft(List.of(1, 2))),
          new Change("lora", job -> job.setLoras(List.of(lora("12", 1)))),
          new Change("another lora", job -> job.setLoras(List.of(lora("34", 1)))),
          new Change("its scale", job -> job.setLoras(List.of(lora("12", 0.5)))),
          new Change("two loras", job -> job.setLoras(List.of(lora("12", 1), lora("34", 1)))),
          new Change("the other way", job -> job.setLoras(List.of(lora("34", 1), lora("12", 1)))),
          new Change("vae", job -> job.setVae(new Vae("cd".repeat(32), null))),
          new Change("jpeg", job -> job.setOutputFormat("jpeg")),
          new Change("quality", job -> job.setOutputFormat("jpeg").setOutputQuality(50)),
          new Change("grey", job -> job.setOutputMode("L")));

  private static Lora lora(String digits, double scale) {
    return new Lora(file(digits), scale, null);
  }

  private static String ofGiven(UnaryOperator<RenderJob.Builder> change) {
    RenderJob job = Jobs.resolved(change.apply(given()), Jobs.XL_MODEL);
    return Fingerprint.of(task(job, 0), 1);
  }

  @Test
  void changesWithWhatATaskSays() {
    Set<String> all = new HashSet<>();
    all.add(ofGiven(job -> job));
    for (Change change : DECIDING) {
      assertTrue(all.add(ofGiven(change.of())), change.what());
    }
  }

  @Test
  void knowsNothingOfNamesAndAddresses() {
    String one =
        ofGiven(
            job ->
                job.setLoras(List.of(new Lora(file("12"), 1.0, "ink")))
                    .setVae(new Vae("cd".repeat(32), "other")));
    String another =
        ofGiven(
            job ->
                job.setImage(new InputFile("https://example.org/a.png", "12".repeat(32)))
                    .setLoras(
                        List.of(new Lora(new InputFile("s3://b/c", "12".repeat(32)), 1.0, null)))
                    .setVae(new Vae("cd".repeat(32), null)));
    assertEquals(one, another);
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
    ImageTask elsewhere = new ImageTask(new Submission("jobs", 0, 1L), Jobs.resolved(other), 0);

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
