package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import org.jspecify.annotations.Nullable;

/**
 * Denoising diffusion implicit models, without added noise (eta 0): Song et al. (2020), arXiv
 * 2010.02502.
 *
 * <p>Their symbols: x_t is {@code sample}, epsilon_theta(x_t) {@code epsilon}, f_theta(x_t) {@code
 * original}; their alpha_t is the cumulative product that later papers write ᾱ_t. Equation 12 with
 * sigma_t = 0.
 */
final class DdimScheduler implements Scheduler {

  private final ConfigFile config;
  private final NoiseSchedule noise;
  private final PredictionType predictionType;
  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final float finalAlphaCumprod;
  private final float clipRange;
  private final @Nullable DynamicThresholding thresholding;

  DdimScheduler(ConfigFile config) throws DiffusionException {
    this.config = config;
    noise = NoiseSchedule.from(config);
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    spacing = config.oneOf("timestep_spacing", TimestepSpacing.LEADING);
    stepsOffset = config.integer("steps_offset", 0);
    finalAlphaCumprod = config.flag("set_alpha_to_one", true) ? 1 : noise.alphaCumprod(0);
    clipRange =
        config.flag("clip_sample", true)
            ? (float) config.number("clip_sample_range", 1)
            : Float.POSITIVE_INFINITY;
    thresholding = config.flag("thresholding", false) ? DynamicThresholding.from(config) : null;
  }

  @Override
  public Sampling start(int numInferenceSteps) throws DiffusionException {
    int trained = noise.numTrainTimesteps();
    if (numInferenceSteps > trained) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with DDIMScheduler: the model was trained with %d timesteps"
              .formatted(numInferenceSteps, trained));
    }
    int[] timesteps = timesteps(numInferenceSteps);
    for (int timestep : timesteps) {
      if (timestep < 0 || timestep >= trained) {
        throw DiffusionException.permanent(
            "Cannot do %d steps with DDIMScheduler: %s puts one at timestep %d of %d"
                .formatted(numInferenceSteps, config.name(), timestep, trained));
      }
    }
    return new State(timesteps, trained / numInferenceSteps);
  }

  private int[] timesteps(int steps) {
    int trained = noise.numTrainTimesteps();
    return switch (spacing) {
      case LINSPACE -> Timesteps.descending(Numpy.linspace(0, trained - 1, steps));
      case LEADING -> Timesteps.leading(steps, trained / steps, stepsOffset);
      case TRAILING -> Timesteps.trailing(trained, (double) trained / steps);
    };
  }

  private final class State implements Sampling {

    private final int[] timesteps;
    private final int stride;
    private int index;
    private float @Nullable [] original;

    State(int[] timesteps, int stride) {
      this.timesteps = timesteps;
      this.stride = stride;
    }

    @Override
    public float initNoiseSigma() {
      return 1;
    }

    @Override
    public boolean done() {
      return index == timesteps.length;
    }

    @Override
    public float timestep() {
      return timesteps[index];
    }

    @Override
    public void scaleModelInput(float[] sample, float[] modelInput) {
      System.arraycopy(sample, 0, modelInput, 0, sample.length);
    }

    @Override
    public void step(float[] modelOutput, float[] sample) {
      int timestep = timesteps[index++];
      int before = timestep - stride;
      float alpha = noise.alphaCumprod(timestep);
      float alphaBefore = before >= 0 ? noise.alphaCumprod(before) : finalAlphaCumprod;
      float sqrtAlpha = Numpy.sqrt(alpha);
      float sqrtBeta = Numpy.sqrt(1 - alpha);

      float[] x0 = original == null ? new float[sample.length] : original;
      original = x0;
      for (int i = 0; i < sample.length; i++) {
        x0[i] =
            switch (predictionType) {
              case EPSILON -> (sample[i] - sqrtBeta * modelOutput[i]) / sqrtAlpha;
              case SAMPLE -> modelOutput[i];
              case V_PREDICTION -> sqrtAlpha * sample[i] - sqrtBeta * modelOutput[i];
            };
        // the noise belongs to the original before it is clipped
        sample[i] =
            switch (predictionType) {
              case EPSILON -> modelOutput[i];
              case SAMPLE -> (sample[i] - sqrtAlpha * x0[i]) / sqrtBeta;
              case V_PREDICTION -> sqrtAlpha * modelOutput[i] + sqrtBeta * sample[i];
            };
      }
      if (thresholding != null) {
        thresholding.apply(x0);
      } else if (clipRange < Float.POSITIVE_INFINITY) {
        for (int i = 0; i < x0.length; i++) {
          x0[i] = Math.min(Math.max(x0[i], -clipRange), clipRange);
        }
      }
      float sqrtAlphaBefore = Numpy.sqrt(alphaBefore);
      float direction = Numpy.sqrt(1 - alphaBefore);
      for (int i = 0; i < sample.length; i++) {
        sample[i] = sqrtAlphaBefore * x0[i] + direction * sample[i];
      }
    }
  }
}
