package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;

/** How noise becomes a picture, step by step. Immutable, for any number of pictures and threads. */
public interface Scheduler {

  /**
   * Starts one picture: diffusers' {@code set_timesteps}, and {@code set_begin_index} as its
   * image-to-image pipelines do.
   *
   * @throws DiffusionException permanent, when the scheduler or the model's training does not allow
   *     what is asked for
   */
  Sampling start(SamplingRequest request) throws DiffusionException;
}
