package io.chitra.diffusion;

import io.chitra.diffusion.LoadedModel.Prompt;
import io.chitra.diffusion.noise.TorchGenerator;
import io.chitra.diffusion.onnx.UNetBatch;
import io.chitra.diffusion.scheduler.Sampling;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One picture on its way through the engine: prepared by one thread, then denoised by another, then
 * decoded by a third, never by two at a time. Ends exactly once, by {@link #decode} or {@link
 * #fail}, which also ends its lease on the model.
 */
final class Rendering {

  private final TextToImage request;
  private final CompletableFuture<Picture> future;
  private final ModelCache.Lease lease;
  private final LatentShape shape;
  private final Prompt prompt;
  private final @Nullable Prompt negative;
  private final Sampling sampling;
  private final float[] latents;
  private long startedNanos;

  private Rendering(
      TextToImage request,
      CompletableFuture<Picture> future,
      ModelCache.Lease lease,
      LatentShape shape,
      Prompt prompt,
      @Nullable Prompt negative,
      Sampling sampling,
      float[] latents) {
    this.request = request;
    this.future = future;
    this.lease = lease;
    this.shape = shape;
    this.prompt = prompt;
    this.negative = negative;
    this.sampling = sampling;
    this.latents = latents;
  }

  /** Encodes the prompts and makes the noise of a request that fits the model. */
  static Rendering prepare(
      TextToImage request, CompletableFuture<Picture> future, ModelCache.Lease lease)
      throws DiffusionException {
    LoadedModel model = lease.model();
    Sampling sampling = model.scheduler(request.scheduler()).start(request.numInferenceSteps());
    Prompt prompt = model.encode(request.prompt());
    Prompt negative = null;
    if (request.guidanceScale() > 1) {
      String text = request.negativePrompt();
      negative = model.encode(text == null ? "" : text);
    }
    LatentShape shape = model.folder().latentShape(request);
    float[] latents = new TorchGenerator(request.seed()).randn(shape.size());
    float sigma = sampling.initNoiseSigma();
    for (int i = 0; i < latents.length; i++) {
      latents[i] *= sigma;
    }
    return new Rendering(request, future, lease, shape, prompt, negative, sampling, latents);
  }

  LoadedModel model() {
    return lease.model();
  }

  LatentShape shape() {
    return shape;
  }

  Prompt prompt() {
    return prompt;
  }

  /** Rows it takes in a batch: with guidance one for the negative prompt and one for the prompt. */
  int rows() {
    return negative == null ? 1 : 2;
  }

  float timestep() {
    return sampling.timestep();
  }

  /** Whether nobody waits for the picture any more. */
  boolean isCancelled() {
    return future.isDone();
  }

  /** Whether every step is done. */
  boolean isDenoised() {
    return sampling.done();
  }

  void start() {
    startedNanos = System.nanoTime();
  }

  /** Puts the next step's input into a batch, from a row on. */
  void put(UNetBatch batch, int row) {
    float[] modelInput = new float[latents.length];
    sampling.scaleModelInput(latents, modelInput);
    if (negative == null) {
      batch.put(row, modelInput, timestep(), prompt.embeds());
    } else {
      batch.put(row, modelInput, timestep(), negative.embeds());
      batch.put(row + 1, modelInput, timestep(), prompt.embeds());
    }
  }

  /**
   * Does the step with the batch's output: classifier-free guidance (Ho and Salimans, 2022), then
   * the scheduler.
   */
  void step(UNetBatch batch, int row) {
    float[] modelOutput = new float[latents.length];
    batch.get(row, modelOutput);
    if (negative != null) {
      float[] withPrompt = new float[latents.length];
      batch.get(row + 1, withPrompt);
      float guidance = (float) request.guidanceScale();
      for (int i = 0; i < modelOutput.length; i++) {
        modelOutput[i] = modelOutput[i] + guidance * (withPrompt[i] - modelOutput[i]);
      }
    }
    sampling.step(modelOutput, latents);
  }

  /** Ends with a picture, or with the reason why there is none. */
  void decode() {
    Picture picture;
    try {
      byte[] rgb = model().decode(latents, shape, request.width(), request.height());
      picture =
          new Picture(
              request.width(),
              request.height(),
              rgb,
              prompt.truncated(),
              negative == null ? null : negative.truncated(),
              Duration.ofNanos(System.nanoTime() - startedNanos));
    } catch (DiffusionException | RuntimeException | Error e) {
      fail(e);
      return;
    }
    try {
      lease.close();
    } finally {
      future.complete(picture);
    }
  }

  /** Ends without a picture. */
  void fail(Throwable failure) {
    try {
      lease.close();
    } finally {
      future.completeExceptionally(Failures.asDiffusionException(failure));
    }
  }
}
