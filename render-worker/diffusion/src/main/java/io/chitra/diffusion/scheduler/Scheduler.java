package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;

/** How noise becomes a picture, step by step. Immutable, for any number of pictures and threads. */
public interface Scheduler {

  /**
   * Starts one picture: diffusers' {@code set_timesteps}.
   *
   * @throws DiffusionException when the model's training does not allow this number of steps
   */
  Sampling start(int numInferenceSteps) throws DiffusionException;
}
