package io.chitra.diffusion;

import java.util.List;

/**
 * How noise becomes a picture.
 *
 * @param scheduler diffusers' class name, as {@code EulerDiscreteScheduler}, or {@code
 *     dpmpp_2m_karras} or {@code dpmpp_2m_sde}
 * @param timesteps in place of the scheduler's own, descending; empty: the scheduler's own
 * @param eta the η of DDIM's noise, 0 to 1; other schedulers know none
 */
public record SamplerSettings(
    String scheduler, int numInferenceSteps, List<Integer> timesteps, double eta) {

  public SamplerSettings {
    timesteps = List.copyOf(timesteps);
  }

  /** A scheduler with its own timesteps. */
  public static SamplerSettings of(String scheduler, int numInferenceSteps) {
    return new SamplerSettings(scheduler, numInferenceSteps, List.of(), 0);
  }
}
