package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Requests of tests, and how they end. */
final class Requests {

  private Requests() {}

  /** For the tiny models: a few steps of 16 x 16. */
  static TextToImage tiny(int seed) {
    return new TextToImage("a cat", null, 4, 5, "DDIMScheduler", seed, 16, 16);
  }

  static TextToImage withSteps(TextToImage r, int steps) {
    return new TextToImage(
        r.prompt(),
        r.negativePrompt(),
        steps,
        r.guidanceScale(),
        r.scheduler(),
        r.seed(),
        r.width(),
        r.height());
  }

  static TextToImage withSize(TextToImage r, int width, int height) {
    return new TextToImage(
        r.prompt(),
        r.negativePrompt(),
        r.numInferenceSteps(),
        r.guidanceScale(),
        r.scheduler(),
        r.seed(),
        width,
        height);
  }

  static TextToImage withScheduler(TextToImage r, String scheduler) {
    return new TextToImage(
        r.prompt(),
        r.negativePrompt(),
        r.numInferenceSteps(),
        r.guidanceScale(),
        scheduler,
        r.seed(),
        r.width(),
        r.height());
  }

  static TextToImage withGuidance(TextToImage r, double guidance) {
    return new TextToImage(
        r.prompt(),
        r.negativePrompt(),
        r.numInferenceSteps(),
        guidance,
        r.scheduler(),
        r.seed(),
        r.width(),
        r.height());
  }

  static TextToImage withSeed(TextToImage r, long seed) {
    return new TextToImage(
        r.prompt(),
        r.negativePrompt(),
        r.numInferenceSteps(),
        r.guidanceScale(),
        r.scheduler(),
        seed,
        r.width(),
        r.height());
  }

  static TextToImage withPrompt(TextToImage r, String prompt) {
    return new TextToImage(
        prompt,
        r.negativePrompt(),
        r.numInferenceSteps(),
        r.guidanceScale(),
        r.scheduler(),
        r.seed(),
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
