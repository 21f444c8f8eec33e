package io.chitra.benchmarks;

import io.chitra.diffusion.noise.TorchGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The noise that one picture starts from, with the seeding of its generator. */
public class NoiseBenchmark extends Timed {

  /** An eighth of the picture's. */
  @Param({"32", "64"})
  int latentSide;

  @Benchmark
  public float[] randn() {
    return new TorchGenerator(SEED).randn(4 * latentSide * latentSide);
  }
}
