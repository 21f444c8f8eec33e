package io.chitra.diffusion;

import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.noise.TorchGenerator;
import io.chitra.diffusion.onnx.Condition;
import io.chitra.diffusion.onnx.UNetBatch;
import io.chitra.diffusion.scheduler.Sampling;
import io.chitra.diffusion.scheduler.SamplingRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One picture on its way through the engine: prepared by one thread, then denoised by another, then
 * decoded by a third, never by two at a time. Ends exactly once, by {@link #decode} or {@link
 * #fail}, which also ends its lease on the model.
 */
final class Rendering {

  private final RenderRequest request;
  private final CompletableFuture<Picture> future;
  private final @Nullable Filmstrip filmstrip;
  private final ModelCache.Lease lease;
  private final LatentShape shape;
  private final GivenPicture given;
  private final Conditions conditions;
  private final Sampling sampling;
  private final float[] latents;
  private final @Nullable KnownLatents known;
  private long startedNanos;

  private Rendering(
      RenderRequest request,
      CompletableFuture<Picture> future,
      @Nullable Filmstrip filmstrip,
      ModelCache.Lease lease,
      GivenPicture given,
      Conditions conditions,
      Sampling sampling,
      Start start) {
    this.request = request;
    this.future = future;
    this.filmstrip = filmstrip;
    this.lease = lease;
    this.shape = lease.model().latentShape(request.width(), request.height());
    this.given = given;
    this.conditions = conditions;
    this.sampling = sampling;
    this.latents = start.latents();
    this.known = start.known();
  }

  /**
   * Encodes what is given and makes the noise of a request that fits the model.
   *
   * @param filmstrip takes the latents on their way, null where nobody looks
   */
  static Rendering prepare(
      RenderRequest request,
      CompletableFuture<Picture> future,
      @Nullable Filmstrip filmstrip,
      ModelCache.Lease lease)
      throws DiffusionException {
    LoadedModel model = lease.model();
    GivenPicture given = GivenPicture.of(request);
    TorchGenerator generator = new TorchGenerator(request.seed());
    SamplerSettings sampler = request.sampler();
    Sampling sampling =
        model
            .scheduler(sampler.scheduler(), request.task())
            .start(
                new SamplingRequest(
                    sampler.numInferenceSteps(),
                    sampler.timesteps(),
                    given.strength(),
                    model.folder().strengthRule(request.task()),
                    sampler.eta(),
                    generator::randn));
    Start start = Start.of(model, request, given, sampling, generator);
    Conditions conditions = Conditions.of(model, request, start.extraChannels());
    return new Rendering(request, future, filmstrip, lease, given, conditions, sampling, start);
  }

  LoadedModel model() {
    return lease.model();
  }

  LatentShape shape() {
    return shape;
  }

  /** One of the conditions that its rows have. */
  Condition condition() {
    return conditions.positive();
  }

  /** Rows it takes in a batch: with guidance one for the negative prompt and one for the prompt. */
  int rows() {
    return conditions.negative() == null ? 1 : 2;
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
    if (filmstrip != null) {
      filmstrip.add(modelInput);
    }
    int next = row;
    if (conditions.negative() != null) {
      batch.put(next++, modelInput, timestep(), conditions.negative());
    }
    batch.put(next, modelInput, timestep(), conditions.positive());
  }

  /** Does the step with the batch's output: guidance, then the scheduler. */
  void step(UNetBatch batch, int row) {
    float[] modelOutput = new float[latents.length];
    batch.get(row, modelOutput);
    if (conditions.negative() != null) {
      float[] withPrompt = new float[latents.length];
      batch.get(row + 1, withPrompt);
      request.guidance().apply(modelOutput, withPrompt);
    }
    sampling.step(modelOutput, latents);
    if (known != null) {
      known.putBack(latents, sampling);
    }
  }

  /** Ends with a picture, or with the reason why there is none. */
  void decode() {
    Picture picture;
    try {
      RgbImage image = given.finish(model().decode(latents, shape));
      if (filmstrip != null) {
        filmstrip.develop(model(), shape, image);
      }
      picture =
          new Picture(
              image.width(),
              image.height(),
              image.rgb(),
              conditions.promptTruncated(),
              conditions.negativePromptTruncated(),
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
