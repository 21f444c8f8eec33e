package io.chitra.diffusion;

import static java.util.Objects.requireNonNull;

import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.noise.TorchGenerator;
import io.chitra.diffusion.onnx.Condition;
import io.chitra.diffusion.onnx.UNetBatch;
import io.chitra.diffusion.scheduler.Sampling;
import io.chitra.diffusion.scheduler.SamplingRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One picture on its way through the engine: prepared by one thread, then denoised by another, then
 * decoded by a third, never by two at a time. Ends exactly once, by {@link #finish}, {@link #fail}
 * or {@link #giveUp}, which also ends its lease on the model.
 */
final class Rendering {

  private final Order order;
  private final ModelCache.Lease lease;
  private final LatentShape shape;
  private final GivenPicture given;
  private final Conditions conditions;
  private final Sampling sampling;
  private final float[] latents;
  private final @Nullable KnownLatents known;

  /** What the UNet gets and gives; kept, so that a step allocates nothing as large. */
  private final float[] modelInput;

  private final float[] modelOutput;
  private final float[] withPrompt;

  private Bucket.@Nullable Setting setting;
  private long startedNanos;

  private Rendering(
      Order order,
      ModelCache.Lease lease,
      GivenPicture given,
      Conditions conditions,
      Sampling sampling,
      Start start) {
    RenderRequest request = order.request();
    this.order = order;
    this.lease = lease;
    this.shape = lease.model().latentShape(request.width(), request.height());
    this.given = given;
    this.conditions = conditions;
    this.sampling = sampling;
    this.latents = start.latents();
    this.known = start.known();
    this.modelInput = new float[latents.length];
    this.modelOutput = new float[latents.length];
    this.withPrompt = new float[latents.length];
  }

  /** Encodes what is given and makes the noise of an order whose request fits the model. */
  static Rendering prepare(Order order, ModelCache.Lease lease) throws DiffusionException {
    LoadedModel model = lease.model();
    RenderRequest request = order.request();
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
    return new Rendering(order, lease, given, conditions, sampling, start);
  }

  Order order() {
    return order;
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
    return conditions.ofRows().size();
  }

  float timestep() {
    return sampling.timestep();
  }

  /** Whether every step is done. */
  boolean isDenoised() {
    return sampling.done();
  }

  /**
   * @param of its batches from now on
   */
  void start(Bucket.Setting of) {
    setting = of;
    startedNanos = System.nanoTime();
    Filmstrip filmstrip = order.filmstrip();
    if (filmstrip != null) {
      filmstrip.clear();
    }
    order.enter(Stage.DENOISING);
  }

  /**
   * Adds the next step's input to a batch.
   *
   * @return its first row
   */
  int addTo(UNetBatch batch) {
    sampling.scaleModelInput(latents, modelInput);
    Filmstrip filmstrip = order.filmstrip();
    if (filmstrip != null) {
      filmstrip.add(modelInput.clone());
    }
    return batch.add(modelInput, timestep(), conditions.ofRows());
  }

  /** Does the step with the batch's output: guidance, then the scheduler. */
  void step(UNetBatch batch, int row) {
    batch.get(row, modelOutput);
    if (conditions.negative() != null) {
      batch.get(row + 1, withPrompt);
      order.request().guidance().apply(modelOutput, withPrompt);
    }
    sampling.step(modelOutput, latents);
    if (known != null) {
      known.putBack(latents, sampling);
    }
  }

  /** Not to be changed. */
  float[] latents() {
    return latents;
  }

  /** Ends with the picture that its latents have been decoded to. */
  void finish(RgbImage decoded) {
    Picture picture;
    try {
      RgbImage image = given.finish(decoded);
      Filmstrip filmstrip = order.filmstrip();
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
              Duration.ofNanos(System.nanoTime() - startedNanos),
              requireNonNull(setting).environment());
    } catch (DiffusionException | RuntimeException | Error e) {
      fail(e);
      return;
    }
    try {
      lease.close();
    } finally {
      order.complete(picture);
    }
  }

  /** Ends without a picture. */
  void fail(Throwable failure) {
    try {
      lease.close();
    } finally {
      order.fail(failure);
    }
  }

  /** Rows of the batches that it is in, or was. */
  int rowsOfBatch() {
    return requireNonNull(setting).rows();
  }

  /** Ends without an end for its order, which can be prepared once more. */
  Order giveUp() {
    lease.close();
    order.startAgain();
    return order;
  }
}
