package io.chitra.diffusion;

import io.chitra.benchmarks.Timed;
import io.chitra.diffusion.noise.TorchGenerator;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The guidance of one picture in one step, and a copy of the model's output, which guidance
 * changes. In this package since guidance is the engine's own affair.
 */
@NullMarked
@SuppressWarnings("NullAway.Init") // JMH calls the method of @Setup first
public class GuidanceBenchmark extends Timed {

  /** An eighth of the picture's. */
  @Param({"32", "64"})
  int latentSide;

  /** How much of the contrast that guidance adds is taken back. */
  @Param({"0", "0.7"})
  double rescale;

  private Guidance guidance;
  private float[] output;
  private float[] withPrompt;

  @Setup
  public void draw() {
    guidance = new Guidance(4, rescale);
    TorchGenerator generator = new TorchGenerator(SEED);
    output = generator.randn(4 * latentSide * latentSide);
    withPrompt = generator.randn(4 * latentSide * latentSide);
  }

  @Benchmark
  public float[] apply() {
    float[] guided = output.clone();
    guidance.apply(guided, withPrompt);
    return guided;
  }
}
