package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Requests of tests, and how they end. */
final class Requests {

  private Requests() {}

  /** Text to image. */
  static RenderRequest of(
      String prompt,
      @Nullable String negativePrompt,
      int steps,
      double guidance,
      String scheduler,
      long seed,
      int width,
      int height) {
    return new RenderRequest(
        new Task.TextToImage(),
        Prompts.of(prompt, negativePrompt),
        SamplerSettings.of(scheduler, steps),
        Guidance.of(guidance),
        null,
        seed,
        width,
        height);
  }

  /** For the tiny models: a few steps of 16 x 16. */
  static RenderRequest tiny(int seed) {
    return of("a cat", null, 4, 5, "DDIMScheduler", seed, 16, 16);
  }

  static RenderRequest withSteps(RenderRequest r, int steps) {
    return with(r, r.prompts(), SamplerSettings.of(r.sampler().scheduler(), steps), r.guidance());
  }

  static RenderRequest withScheduler(RenderRequest r, String scheduler) {
    return with(
        r,
        r.prompts(),
        SamplerSettings.of(scheduler, r.sampler().numInferenceSteps()),
        r.guidance());
  }

  static RenderRequest withGuidance(RenderRequest r, double guidance) {
    return with(r, r.prompts(), r.sampler(), Guidance.of(guidance));
  }

  static RenderRequest withPrompt(RenderRequest r, String prompt) {
    return with(r, Prompts.of(prompt, r.prompts().negativePrompt()), r.sampler(), r.guidance());
  }

  private static RenderRequest with(
      RenderRequest r, Prompts prompts, SamplerSettings sampler, Guidance guidance) {
    return new RenderRequest(
        r.task(),
        prompts,
        sampler,
        guidance,
        r.microConditioning(),
        r.seed(),
        r.width(),
        r.height());
  }

  static RenderRequest withSize(RenderRequest r, int width, int height) {
    return new RenderRequest(
        r.task(),
        r.prompts(),
        r.sampler(),
        r.guidance(),
        r.microConditioning(),
        r.seed(),
        width,
        height);
  }

  static RenderRequest withSeed(RenderRequest r, long seed) {
    return new RenderRequest(
        r.task(),
        r.prompts(),
        r.sampler(),
        r.guidance(),
        r.microConditioning(),
        seed,
        r.width(),
        r.height());
  }

  /** The failure that a future ends with. */
  static DiffusionException failure(CompletableFuture<Picture> future) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS));
    return assertInstanceOf(DiffusionException.class, e.getCause());
  }
}
