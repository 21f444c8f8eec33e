package io.chitra.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chitra.job.ModelFacts.UNetInput;
import io.chitra.job.ModelFacts.VaeFacts;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

class JobRulesTest {

  private static final String DIGEST = "ab".repeat(32);
  private static final ModelFacts FACTS = facts(DIGEST, "dpmpp_2m");
  private static final JobLimits LIMITS = JobLimits.defaults();

  private static ModelFacts facts(String digest, String scheduler) {
    return new ModelFacts(
        digest,
        "starter",
        Pipeline.STABLE_DIFFUSION,
        UNetInput.LATENTS,
        new VaeFacts(32, 4),
        256,
        320,
        scheduler,
        20,
        7.0);
  }

  private static RenderJob job() {
    return RenderJob.newBuilder().setId("cat-1").setPrompt("a cat").setModelDigest(DIGEST).build();
  }

  private static RenderJob job(Consumer<RenderJob> change) {
    RenderJob job = job();
    change.accept(job);
    return job;
  }

  @Test
  void fillsInEveryDefault() throws Exception {
    RenderJob resolved = JobRules.resolve(job(), FACTS, LIMITS);
    assertEquals(
        RenderJob.newBuilder(job())
            .setDataset("default")
            .setNumInferenceSteps(20)
            .setGuidanceScale(7.0)
            .setScheduler("DPMSolverMultistepScheduler")
            .setWidth(256)
            .setHeight(320)
            .setSeed(2718045760L)
            .setIndexCount(1)
            .build(),
        resolved);
    assertNull(resolved.getNegativePrompt());
  }

  @Test
  void keepsWhatIsGiven() throws Exception {
    RenderJob given =
        RenderJob.newBuilder(job())
            .setDataset("animals")
            .setLabels(Map.of("wild", false, "লেবেল", "নীল", "n", 1L, "w", 0.5))
            .setNegativePrompt("")
            .setNumInferenceSteps(1)
            .setGuidanceScale(0.0)
            .setScheduler("EulerDiscreteScheduler")
            .setWidth(64)
            .setHeight(4096)
            .setSeed(4294967295L)
            .setNumImagesPerPrompt(10)
            .setFirstIndex(9)
            .setIndexCount(1)
            .setSubmittedAt(Instant.EPOCH)
            .setSubmittedBy("chitra")
            .setSourceLine("jobs.jsonl:1")
            .build();
    assertEquals(given, JobRules.resolve(given, FACTS, LIMITS));
  }

  @Test
  void resolvingAgainChangesNothing() throws Exception {
    RenderJob job = job(j -> j.setNumImagesPerPrompt(1000));
    job.setFirstIndex(990);
    RenderJob once = JobRules.resolve(job, FACTS, LIMITS);
    assertEquals(10, once.getIndexCount());
    assertEquals(once, JobRules.resolve(once, FACTS, LIMITS));
    RenderJob travelled = Codec.renderJobs().decode(Codec.renderJobs().encode(once));
    assertEquals(once, JobRules.resolve(travelled, FACTS, LIMITS));
  }

  @Test
  void leavesTheGivenJobAlone() throws Exception {
    RenderJob job = job();
    JobRules.resolve(job, FACTS, LIMITS);
    assertEquals(job(), job);
  }

  @Test
  void thePixelsDecideTheSeed() throws Exception {
    long seed = seed(job());
    List<Consumer<RenderJob>> ofNoEffect =
        List.of(
            j -> j.setId("other"),
            j -> j.setDataset("other"),
            j -> j.setLabels(Map.of("a", 1L)),
            j -> j.setModelName("other"),
            j -> j.setNumImagesPerPrompt(7),
            j -> j.setIndexCount(1),
            j -> j.setSourceLine("f:1"),
            j -> j.setScheduler("dpmpp_2m"),
            j -> j.setScheduler("DPMSolverMultistepScheduler"),
            j -> j.setNumInferenceSteps(20),
            j -> j.setWidth(256));
    for (Consumer<RenderJob> change : ofNoEffect) {
      assertEquals(seed, seed(job(change)));
    }
    List<Consumer<RenderJob>> ofEffect =
        List.of(
            j -> j.setPrompt("a dog"),
            j -> j.setNegativePrompt(""),
            j -> j.setNegativePrompt("blurry"),
            j -> j.setNumInferenceSteps(21),
            j -> j.setGuidanceScale(7.5),
            j -> j.setScheduler("euler"),
            j -> j.setWidth(320),
            j -> j.setHeight(256));
    assertEquals(
        ofEffect.size(),
        ofEffect.stream()
            .map(change -> seed(job(change)))
            .filter(other -> other != seed)
            .collect(Collectors.toSet())
            .size());
    ModelFacts other = facts("cd".repeat(32), "dpmpp_2m");
    assertNotEquals(
        seed,
        JobRules.resolve(job(j -> j.setModelDigest(other.digest())), other, LIMITS).getSeed());
  }

  @Test
  void minusZeroIsZero() throws Exception {
    RenderJob minus = job(j -> j.setGuidanceScale(-0.0));
    RenderJob plain = job(j -> j.setGuidanceScale(0.0));
    assertEquals(JobRules.resolve(plain, FACTS, LIMITS), JobRules.resolve(minus, FACTS, LIMITS));
  }

  private static Arguments refused(Consumer<RenderJob> change, String... problems) {
    return Arguments.of(job(change), List.of(problems));
  }

  private static final String NO_NAME =
      " is no name: 1 to 128 of A-Z a-z 0-9 . _ - would be, but not . or ..";
  private static final String SCHEDULERS =
      "ddim, pndm, euler, euler_a, heun, dpmpp_2m, dpmpp_2m_karras, dpmpp_2m_sde, unipc or lcm"
          + " would be";
  private static final String NOT_YET =
      " is not supported by this version of Chitra: " + SCHEDULERS;

  static final List<Arguments> REFUSED =
      List.of(
          refused(j -> j.setId(""), "id: ''" + NO_NAME),
          refused(j -> j.setId("."), "id: '.'" + NO_NAME),
          refused(j -> j.setId("../x"), "id: '../x'" + NO_NAME),
          refused(j -> j.setId("a\nb"), "id: 'a\\u000ab'" + NO_NAME),
          refused(j -> j.setId("নীল"), "id: 'নীল'" + NO_NAME),
          refused(j -> j.setDataset("a/b"), "dataset: 'a/b'" + NO_NAME),
          refused(j -> j.setPrompt(""), "prompt: empty: say what to draw"),
          refused(j -> j.setPrompt("\n \t"), "prompt: empty: say what to draw"),
          refused(
              j -> j.setPrompt("x".repeat(10_001)),
              "prompt: 10001 characters are too many: up to 10000 would be right"),
          refused(
              j -> j.setPrompt("a\u0000"),
              "prompt: \\u0000 in it is a control character: remove it"),
          refused(
              j -> j.setNegativePrompt("a\ud800"),
              "negative_prompt: \\ud800 in it is half of a surrogate pair, no character: remove"
                  + " it"),
          refused(
              j -> j.setModelDigest(null),
              "model_digest: missing: a job names its model by the 64 hexadecimal digits under"
                  + " which `chitra models push` put it into the bucket"),
          refused(
              j -> j.setModelDigest("AB".repeat(32)),
              "model_digest: 'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB... (64"
                  + " characters)' is no digest: 64 hexadecimal digits (0-9a-f) would be"),
          refused(
              j -> j.setModelDigest("cd".repeat(32)),
              "model_digest: " + "cd".repeat(32) + " is not the model at hand, " + DIGEST),
          refused(
              j -> j.setNumInferenceSteps(0),
              "num_inference_steps: 0 is out of range: 1 to 1000 would be right"),
          refused(
              j -> j.setNumInferenceSteps(1001),
              "num_inference_steps: 1001 is out of range: 1 to 1000 would be right"),
          refused(j -> j.setGuidanceScale(Double.NaN), "guidance_scale: NaN is no number"),
          refused(
              j -> j.setGuidanceScale(Double.POSITIVE_INFINITY),
              "guidance_scale: Infinity is no number"),
          refused(
              j -> j.setGuidanceScale(-0.5),
              "guidance_scale: -0.5 is out of range: 0 to 100 would be right"),
          refused(
              j -> j.setGuidanceScale(1e300),
              "guidance_scale: 1.0E300 is out of range: 0 to 100 would be right"),
          refused(
              j -> j.setScheduler("LMSDiscreteScheduler"),
              "scheduler: LMSDiscreteScheduler" + NOT_YET),
          refused(
              j -> j.setScheduler("DDIM"), "scheduler: 'DDIM' is no scheduler; did you mean ddim?"),
          refused(j -> j.setScheduler(""), "scheduler: '' is no scheduler: " + SCHEDULERS),
          refused(j -> j.setWidth(0), "width: 0 is out of range: 1 to 4096 would be right"),
          refused(j -> j.setWidth(-32), "width: -32 is out of range: 1 to 4096 would be right"),
          refused(
              j -> j.setWidth(100_000), "width: 100000 is out of range: 1 to 4096 would be right"),
          refused(
              j -> j.setWidth(100),
              "width: 100 is no multiple of 32 (the model's factor): 96 or 128 would be"),
          refused(
              j -> j.setHeight(8),
              "height: 8 is no multiple of 32 (the model's factor): 32 would be"),
          refused(
              j -> j.setHeight(4095),
              "height: 4095 is no multiple of 32 (the model's factor): 4064 or 4096 would be"),
          refused(
              j -> {
                j.setWidth(2048);
                j.setHeight(2048);
              },
              "width: 2048 x 2048 are 4194304 pixels: up to 2097152 would be right"),
          refused(
              j -> j.setSeed(-1L),
              "seed: -1 is out of range: 0 to 4294967295 would be right (a random seed is drawn by"
                  + " who submits the job)"),
          refused(
              j -> j.setSeed(4294967296L),
              "seed: 4294967296 is out of range: 0 to 4294967295 would be right"),
          refused(
              j -> j.setNumImagesPerPrompt(0),
              "num_images_per_prompt: 0 is out of range: 1 to 10000000 would be right"),
          refused(
              j -> j.setNumImagesPerPrompt(Integer.MAX_VALUE),
              "num_images_per_prompt: 2147483647 is out of range: 1 to 10000000 would be right"),
          refused(j -> j.setFirstIndex(1), "first_index: 1 is out of range: 0 to 0 would be right"),
          refused(
              j -> j.setFirstIndex(-1), "first_index: -1 is out of range: 0 to 0 would be right"),
          refused(j -> j.setIndexCount(0), "index_count: 0 is out of range: 1 to 1 would be right"),
          refused(
              j -> {
                j.setNumImagesPerPrompt(10);
                j.setFirstIndex(4);
                j.setIndexCount(Integer.MAX_VALUE);
              },
              "index_count: 2147483647 is out of range: 1 to 6 would be right"),
          refused(
              j -> j.setLabels(Map.of("x", Double.NaN, "a b", 1L, "t", "\u0007")),
              "labels.a b: this is no name of a label: up to 64 letters, digits and _ . - would be,"
                  + " beginning with a letter or _",
              "labels.t: \\u0007 in it is a control character: remove it",
              "labels.x: NaN is no number"),
          refused(
              j -> j.setLabels(Map.of("x", 1)),
              "labels.x: a label is a text, a number, true or false"),
          refused(
              j ->
                  j.setLabels(
                      IntStream.range(0, 101)
                          .boxed()
                          .collect(Collectors.toMap(i -> "l" + i, i -> (Object) 1L))),
              "labels: 101 labels are too many: up to 100 would be right"),
          refused(
              j -> j.setCampaign("spring"),
              "campaign: is not supported by this version of Chitra: remove it"),
          refused(
              j -> {
                j.setPriority(1);
                j.setNotBefore(Instant.EPOCH);
                j.setDeadline(Instant.EPOCH);
              },
              "priority: is not supported by this version of Chitra: remove it",
              "not_before: is not supported by this version of Chitra: remove it",
              "deadline: is not supported by this version of Chitra: remove it"),
          refused(
              j -> {
                j.setId("");
                j.setWidth(100);
                j.setHeight(0);
                j.setSeed(-5L);
                j.setModelDigest(null);
              },
              "id: ''" + NO_NAME,
              "height: 0 is out of range: 1 to 4096 would be right",
              "seed: -5 is out of range: 0 to 4294967295 would be right",
              "model_digest: missing: a job names its model by the 64 hexadecimal digits under"
                  + " which `chitra models push` put it into the bucket",
              "width: 100 is no multiple of 32 (the model's factor): 96 or 128 would be"));

  @ParameterizedTest
  @FieldSource("REFUSED")
  void tellsAllThatIsWrong(RenderJob job, List<String> problems) {
    JobException e = assertThrows(JobException.class, () -> JobRules.resolve(job, FACTS, LIMITS));
    assertEquals(problems, e.problems().stream().map(Problem::toString).toList());
    assertEquals(String.join("; ", problems), e.getMessage());
  }

  @Test
  void refusesARecordThatWasNeverFilled() {
    assertEquals(
        List.of("id", "prompt", "labels", "num_images_per_prompt"),
        JobRules.check(new RenderJob(), LIMITS).stream().map(Problem::field).toList());
  }

  @Test
  void needsAnotherSchedulerWhereTheModelsOwnIsRefused() throws Exception {
    ModelFacts ddpm = facts(DIGEST, "DDPMScheduler");
    JobException e = assertThrows(JobException.class, () -> JobRules.resolve(job(), ddpm, LIMITS));
    assertEquals(
        "scheduler: none is given, and the model's own is refused: DDPMScheduler" + NOT_YET,
        e.getMessage());
    assertEquals(
        "DDIMScheduler",
        JobRules.resolve(job(j -> j.setScheduler("ddim")), ddpm, LIMITS).getScheduler());
  }

  private static long seed(RenderJob job) {
    try {
      Long seed = JobRules.resolve(job, FACTS, LIMITS).getSeed();
      return seed == null ? -1 : seed;
    } catch (JobException e) {
      throw new AssertionError(e);
    }
  }
}
