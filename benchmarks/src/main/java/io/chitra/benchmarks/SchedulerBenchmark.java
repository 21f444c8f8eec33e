package io.chitra.benchmarks;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.noise.TorchGenerator;
import io.chitra.diffusion.scheduler.Sampling;
import io.chitra.diffusion.scheduler.SamplingRequest;
import io.chitra.diffusion.scheduler.SamplingRequest.StrengthRule;
import io.chitra.diffusion.scheduler.Scheduler;
import io.chitra.diffusion.scheduler.Schedulers;
import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * All that a scheduler does for one picture: its timesteps, and 20 steps from noise to the end. The
 * model's output is the same in each.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the method of @Setup first
public class SchedulerBenchmark extends Timed {

  static final int STEPS = 20;

  @Param({
    "DDIMScheduler",
    "DPMSolverMultistepScheduler",
    "dpmpp_2m_karras",
    "dpmpp_2m_sde",
    "EulerAncestralDiscreteScheduler",
    "EulerDiscreteScheduler",
    "HeunDiscreteScheduler",
    "LCMScheduler",
    "PNDMScheduler",
    "UniPCMultistepScheduler"
  })
  String scheduler = "";

  /** An eighth of the picture's. */
  @Param({"32", "64"})
  int latentSide;

  private Scheduler opened;
  private float[] noise;
  private float[] modelOutput;

  @Setup
  public void open() throws DiffusionException, IOException {
    opened =
        Schedulers.fromConfig(
            scheduler, ConfigFile.read(Starter.folder(), "scheduler/scheduler_config.json"));
    TorchGenerator generator = new TorchGenerator(SEED);
    noise = generator.randn(4 * latentSide * latentSide);
    modelOutput = generator.randn(4 * latentSide * latentSide);
  }

  @Benchmark
  public float[] picture() throws DiffusionException {
    TorchGenerator generator = new TorchGenerator(SEED);
    Sampling sampling =
        opened.start(
            new SamplingRequest(
                STEPS, List.of(), 1, StrengthRule.FEWER_STEPS, 0, generator::randn));
    float[] latents = noise.clone();
    float[] modelInput = new float[latents.length];
    while (!sampling.done()) {
      sampling.scaleModelInput(latents, modelInput);
      sampling.step(modelOutput, latents);
    }
    return latents;
  }
}
