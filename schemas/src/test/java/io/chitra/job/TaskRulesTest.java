package io.chitra.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chitra.job.ModelFacts.UNetInput;
import io.chitra.job.ModelFacts.VaeFacts;
import io.chitra.schemas.Codec;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Jobs that work on given pictures, and those with the finer controls. */
class TaskRulesTest {

  private static final String DIGEST = "ab".repeat(32);
  private static final ModelFacts SD = facts(Pipeline.STABLE_DIFFUSION, UNetInput.LATENTS);
  private static final ModelFacts XL = facts(Pipeline.STABLE_DIFFUSION_XL, UNetInput.LATENTS);
  private static final ModelFacts INPAINTING =
      facts(Pipeline.STABLE_DIFFUSION, UNetInput.LATENTS_MASK_AND_MASKED_IMAGE);
  private static final JobLimits LIMITS = JobLimits.defaults();

  private static final Consumer<RenderJob> IMAGE =
      job -> {
        job.setImage(file("12"));
        job.setWidth(64);
        job.setHeight(96);
      };
  private static final MaskShape SQUARE = new MaskShape(new Rectangle(8, 8, 16, 16), null);

  private static ModelFacts facts(Pipeline pipeline, UNetInput unet) {
    return new ModelFacts(
        DIGEST, "m", pipeline, unet, new VaeFacts(8, 4), 64, 64, "DDIMScheduler", null, null);
  }

  private static InputFile file(String digits) {
    return new InputFile("s3://chitra/inputs/" + digits, digits.repeat(32));
  }

  private static RenderJob job(Consumer<RenderJob> change) {
    RenderJob job =
        RenderJob.newBuilder().setId("cat").setPrompt("a cat").setModelDigest(DIGEST).build();
    change.accept(job);
    return job;
  }

  private static RenderJob image(Consumer<RenderJob> change) {
    return job(IMAGE.andThen(change));
  }

  private static RenderJob resolve(RenderJob job, ModelFacts facts) throws JobException {
    return JobRules.resolve(job, facts, LIMITS);
  }

  @Test
  void theTaskIsToldByWhatIsGiven() throws Exception {
    assertEquals(TaskKind.TEXT_TO_IMAGE, TaskKind.of(resolve(job(j -> {}), SD)));
    assertEquals(TaskKind.IMAGE_TO_IMAGE, TaskKind.of(resolve(image(j -> {}), SD)));
    assertEquals(TaskKind.INPAINTING, TaskKind.of(resolve(image(j -> j.setMask(SQUARE)), SD)));
    assertEquals(
        TaskKind.INPAINTING, TaskKind.of(resolve(image(j -> j.setMaskImage(file("34"))), SD)));
    assertEquals(
        TaskKind.OUTPAINTING,
        TaskKind.of(resolve(image(j -> j.setOutpaint(new Outpaint(8, 0, 0, 0))), SD)));
  }

  @Test
  void strengthAndGuidanceAreThePipelines() throws Exception {
    assertNull(resolve(job(j -> {}), SD).getStrength());
    assertEquals(0.8, resolve(image(j -> {}), SD).getStrength());
    assertEquals(1.0, resolve(image(j -> j.setMask(SQUARE)), SD).getStrength());
    assertEquals(0.3, resolve(image(j -> {}), XL).getStrength());
    assertEquals(0.9999, resolve(image(j -> j.setMask(SQUARE)), XL).getStrength());
    assertEquals(5.0, resolve(image(j -> {}), XL).getGuidanceScale());
    assertEquals(7.5, resolve(image(j -> j.setMask(SQUARE)), XL).getGuidanceScale());
    assertEquals(
        1.0, resolve(image(j -> j.setOutpaint(new Outpaint(0, 0, 0, 8))), XL).getStrength());
    assertEquals(0.5, resolve(image(j -> j.setStrength(0.5)), XL).getStrength());
  }

  @Test
  void theCanvasIsThePictureAndItsMargins() throws Exception {
    RenderJob job = resolve(image(j -> j.setOutpaint(new Outpaint(8, 16, 24, 32))), SD);

    assertEquals(64, job.getWidth());
    assertEquals(List.of(96 + 24 + 32, 64 + 8 + 16), JobRules.canvas(job));
    assertEquals(List.of(64, 64), JobRules.canvas(resolve(job(j -> {}), SD)));
  }

  @Test
  void timestepsAreTheSteps() throws Exception {
    RenderJob job =
        resolve(
            job(
                j -> {
                  j.setScheduler("euler");
                  j.setTimesteps(List.of(999, 500, 1));
                }),
            SD);
    assertEquals(3, job.getNumInferenceSteps());
  }

  @ParameterizedTest
  @EnumSource(SchedulerName.class)
  void everySchedulerHasOneNameInResolvedJobs(SchedulerName scheduler) throws Exception {
    for (String name : List.of(scheduler.shortName(), scheduler.canonicalName())) {
      RenderJob once = resolve(job(j -> j.setScheduler(name)), SD);
      assertEquals(scheduler.canonicalName(), once.getScheduler());
      assertEquals(once, resolve(once, SD));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ddim, DDIMScheduler",
    "pndm, PNDMScheduler",
    "euler, EulerDiscreteScheduler",
    "euler_a, EulerAncestralDiscreteScheduler",
    "heun, HeunDiscreteScheduler",
    "dpmpp_2m, DPMSolverMultistepScheduler",
    "dpmpp_2m_karras, dpmpp_2m_karras",
    "dpmpp_2m_sde, dpmpp_2m_sde",
    "unipc, UniPCMultistepScheduler",
    "lcm, LCMScheduler"
  })
  void schedulersAreNamedByTheirClasses(String shortName, String canonicalName) throws Exception {
    assertEquals(canonicalName, resolve(job(j -> j.setScheduler(shortName)), SD).getScheduler());
  }

  @Test
  void outputIsPngUnlessItIsSaid() throws Exception {
    RenderJob png =
        resolve(
            job(
                j -> {
                  j.setOutputFormat("png");
                  j.setOutputMode("RGB");
                }),
            SD);
    assertEquals(resolve(job(j -> {}), SD), png);

    RenderJob jpeg = resolve(job(j -> j.setOutputFormat("jpeg")), SD);
    assertEquals("jpeg", jpeg.getOutputFormat());
    assertEquals(95, jpeg.getOutputQuality());
  }

  @Test
  void whatHasNoEffectIsLeftOut() throws Exception {
    RenderJob plain = resolve(job(j -> {}), XL);
    RenderJob said =
        resolve(
            job(
                j -> {
                  j.setEta(0.0);
                  j.setGuidanceRescale(-0.0);
                  j.setPrompt2("a cat");
                  j.setNegativePrompt2("");
                  j.setOriginalSize(List.of(64, 64));
                  j.setTargetSize(List.of(64, 64));
                  j.setCropsCoordsTopLeft(List.of(0, 0));
                  j.setLoras(List.of());
                }),
            XL);
    assertEquals(plain, said);
  }

  private static final List<Consumer<RenderJob>> DECIDING_PIXELS =
      List.of(
          j -> j.setStrength(0.5),
          j -> j.setImage(file("56")),
          j -> j.setMaskImage(file("34")),
          j -> j.setMaskImage(file("56")),
          j -> j.setMask(SQUARE),
          j -> j.setMask(new MaskShape(new Rectangle(8, 8, 16, 8), null)),
          j ->
              j.setMask(
                  new MaskShape(
                      null, List.of(new Point(8, 8), new Point(16, 8), new Point(8, 16)))),
          j -> {
            j.setMask(SQUARE);
            j.setKeepUnmasked(true);
          },
          j -> j.setOutpaint(new Outpaint(8, 0, 0, 0)),
          j -> j.setOutpaint(new Outpaint(0, 8, 0, 0)),
          j -> j.setEta(0.5),
          j -> j.setGuidanceRescale(0.5),
          j -> {
            j.setScheduler("euler");
            j.setTimesteps(IntStream.range(0, 50).mapToObj(i -> 990 - i).toList());
          },
          j -> j.setScheduler("euler"),
          j -> j.setPrompt2("a dog"),
          j -> j.setNegativePrompt2("a dog"),
          j -> j.setOriginalSize(List.of(1, 2)),
          j -> j.setTargetSize(List.of(1, 2)),
          j -> j.setCropsCoordsTopLeft(List.of(1, 2)),
          j -> j.setLoras(List.of(new Lora(file("12"), 1.0, null))),
          j -> j.setLoras(List.of(new Lora(file("34"), 1.0, null))),
          j -> j.setLoras(List.of(new Lora(file("12"), 0.5, null))),
          j -> j.setVae(new Vae("cd".repeat(32), null)));

  @Test
  void whatDecidesPixelsDecidesTheSeed() throws Exception {
    Set<Long> seeds = new HashSet<>();
    seeds.add(resolve(image(j -> {}), XL).getSeed());
    for (Consumer<RenderJob> change : DECIDING_PIXELS) {
      seeds.add(resolve(image(change), XL).getSeed());
    }
    assertEquals(DECIDING_PIXELS.size() + 1, seeds.size());
  }

  @Test
  void namesAddressesAndTheFileFormatDoNot() throws Exception {
    Consumer<RenderJob> one =
        j -> {
          j.setLoras(List.of(new Lora(file("12"), 1.0, "ink")));
          j.setVae(new Vae("cd".repeat(32), "other"));
        };
    Consumer<RenderJob> another =
        j -> {
          j.setImage(new InputFile("https://example.org/a.png", "12".repeat(32)));
          InputFile lora = new InputFile("s3://other/place", "12".repeat(32));
          j.setLoras(List.of(new Lora(lora, 1.0, null)));
          j.setVae(new Vae("cd".repeat(32), null));
          j.setOutputFormat("jpeg");
          j.setOutputMode("L");
        };
    assertEquals(resolve(image(one), XL).getSeed(), resolve(image(another), XL).getSeed());
  }

  @Test
  void resolvingAgainChangesNothing() throws Exception {
    for (Consumer<RenderJob> change : DECIDING_PIXELS) {
      RenderJob once = resolve(image(change.andThen(j -> j.setOutputFormat("jpeg"))), XL);
      assertEquals(once, resolve(once, XL));
      RenderJob travelled = Codec.renderJobs().decode(Codec.renderJobs().encode(once));
      assertEquals(once, resolve(travelled, XL));
    }
  }

  @Test
  void aGivenJobIsLeftAlone() throws Exception {
    RenderJob job = image(j -> j.setEta(0.0));
    assertNotEquals(job, resolve(job, SD));
    assertEquals(image(j -> j.setEta(0.0)), job);
  }

  private static Arguments refused(ModelFacts facts, RenderJob job, String... problems) {
    return Arguments.of(facts, job, List.of(problems));
  }

  private static final String NO_ADDRESS =
      " is no address of a file: s3://BUCKET/KEY or https://HOST/PATH would be";

  private static RenderJob imageAt(String uri) {
    return image(j -> j.setImage(new InputFile(uri, "12".repeat(32))));
  }

  static final List<Arguments> REFUSED =
      List.of(
          refused(
              SD,
              job(j -> j.setImage(file("12"))),
              "width: missing: a job with an image says it; the image's own, rounded down to a"
                  + " multiple of 8, would be right",
              "height: missing: a job with an image says it; the image's own, rounded down to a"
                  + " multiple of 8, would be right"),
          refused(SD, imageAt("inputs/a.png"), "image: 'inputs/a.png'" + NO_ADDRESS),
          refused(SD, imageAt("http://a.org/a.png"), "image: 'http://a.org/a.png'" + NO_ADDRESS),
          refused(SD, imageAt("file:///etc/passwd"), "image: 'file:///etc/passwd'" + NO_ADDRESS),
          refused(SD, imageAt("s3://bucket"), "image: 's3://bucket'" + NO_ADDRESS),
          refused(SD, imageAt("https://a:b@c.org/"), "image: 'https://a:b@c.org/'" + NO_ADDRESS),
          refused(SD, imageAt("s3://b/a\nb"), "image: 's3://b/a\\u000ab'" + NO_ADDRESS),
          refused(
              SD,
              image(j -> j.setImage(new InputFile("s3://b/a", ""))),
              "image: its sha256 '' is no digest: 64 hexadecimal digits (0-9a-f) would be"),
          refused(
              SD,
              image(j -> j.setLoras(List.of(new Lora(new InputFile("x", "y"), 1.0, null)))),
              "loras[0].file: 'x'" + NO_ADDRESS),
          refused(
              SD,
              job(
                  j ->
                      j.setLoras(
                          IntStream.range(0, 33)
                              .mapToObj(i -> new Lora(file("12"), 1.0, null))
                              .toList())),
              "loras: 33 are too many: up to 32 would be right"),
          refused(
              SD,
              job(j -> j.setLoras(List.of(new Lora(file("12"), Double.NaN, null)))),
              "loras[0].scale: NaN is no number"),
          refused(
              SD,
              job(j -> j.setVae(new Vae("other", null))),
              "vae: 'other' is no digest: 64 hexadecimal digits (0-9a-f) would be"),
          refused(
              SD,
              job(
                  j -> {
                    j.setPrompt2("a");
                    j.setNegativePrompt2("b");
                    j.setOriginalSize(List.of(1, 1));
                    j.setTargetSize(List.of(1, 1));
                    j.setCropsCoordsTopLeft(List.of(1, 1));
                  }),
              "prompt_2: is for SDXL models, and this is none: remove it",
              "negative_prompt_2: is for SDXL models, and this is none: remove it",
              "original_size: is for SDXL models, and this is none: remove it",
              "target_size: is for SDXL models, and this is none: remove it",
              "crops_coords_top_left: is for SDXL models, and this is none: remove it"),
          refused(
              INPAINTING,
              job(j -> {}),
              "image: missing: this model does nothing but inpaint, it needs an image"),
          refused(
              INPAINTING,
              image(j -> {}),
              "mask_image: missing: this model does nothing but inpaint, it needs mask_image, mask"
                  + " or outpaint"),
          refused(
              SD,
              job(
                  j -> {
                    j.setEta(0.1);
                    j.setScheduler("EulerDiscreteScheduler");
                  }),
              "eta: is for the scheduler ddim, and this is euler: remove it"),
          refused(
              SD,
              job(j -> j.setTimesteps(List.of(999, 1))),
              "timesteps: ddim takes none: euler, heun, dpmpp_2m, dpmpp_2m_sde or lcm would"),
          refused(
              SD,
              job(
                  j -> {
                    j.setTimesteps(List.of(999, 1));
                    j.setScheduler("dpmpp_2m_karras");
                  }),
              "timesteps: dpmpp_2m_karras takes none: euler, heun, dpmpp_2m, dpmpp_2m_sde or lcm"
                  + " would"),
          refused(
              SD,
              image(
                  j -> {
                    j.setStrength(0.04);
                    j.setNumInferenceSteps(20);
                  }),
              "strength: 0.04 of 20 steps is not even one: more of either would be"),
          refused(
              XL,
              image(
                  j -> {
                    j.setMask(SQUARE);
                    j.setNumInferenceSteps(1);
                  }),
              "strength: 0.9999 of 1 steps is not even one: 1 would be"),
          refused(
              SD,
              image(j -> j.setMask(new MaskShape(new Rectangle(0, 0, 65, 8), null))),
              "mask.rectangle: it reaches beyond the picture of 64 x 96"),
          refused(
              SD,
              image(
                  j ->
                      j.setMask(
                          new MaskShape(
                              null,
                              List.of(new Point(0, 0), new Point(64, 96), new Point(0, 97))))),
              "mask.polygon: it reaches beyond the picture of 64 x 96"),
          refused(
              SD,
              image(j -> j.setOutpaint(new Outpaint(4, 0, 20, 0))),
              "outpaint.left: 4 is no multiple of 8 (the model's factor): 8 would be",
              "outpaint.top: 20 is no multiple of 8 (the model's factor): 16 or 24 would be"),
          refused(
              SD,
              image(j -> j.setOutpaint(new Outpaint(4040, 0, 0, 0))),
              "outpaint: the canvas grows to 4104 x 96: up to 4096 a side and 2097152 pixels would"
                  + " be right"),
          refused(
              SD,
              job(j -> j.setStrength(0.5)),
              "strength: needs an image: give one, or remove it"));

  @ParameterizedTest
  @FieldSource("REFUSED")
  void tellsAllThatIsWrong(ModelFacts facts, RenderJob job, List<String> problems) {
    JobException e = assertThrows(JobException.class, () -> resolve(job, facts));
    assertEquals(problems, e.problems().stream().map(Problem::toString).toList());
  }

  @Test
  void anInpaintingModelInpaintsAndOutpaints() throws Exception {
    assertEquals(1.0, resolve(image(j -> j.setMask(SQUARE)), INPAINTING).getStrength());
    assertEquals(
        1.0,
        resolve(image(j -> j.setOutpaint(new Outpaint(8, 0, 0, 0))), INPAINTING).getStrength());
  }
}
