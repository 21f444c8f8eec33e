package io.chitra.diffusion.scheduler;

/** Standard normal values in the order torch draws them: those of the picture's one generator. */
@FunctionalInterface
public interface Noise {

  /** {@code torch.randn} of this many values, flattened. */
  float[] randn(int size);
}
