package io.chitra.diffusion.scheduler;

/** Where a sampling stands among its timesteps. */
abstract class SteppedSampling implements Sampling {

  private final float[] timesteps;
  private int index;

  /**
   * @param begin index of the first timestep to do
   */
  SteppedSampling(float[] timesteps, int begin) {
    this.timesteps = timesteps;
    this.index = begin;
  }

  /** Index of the step that is next, or at work: diffusers' {@code step_index}. */
  final int index() {
    return index;
  }

  /** Of all timesteps, also those before the first one to do. */
  final int length() {
    return timesteps.length;
  }

  final float timestep(int at) {
    return timesteps[at];
  }

  @Override
  public final float timestep() {
    return timesteps[index];
  }

  @Override
  public final boolean done() {
    return index == timesteps.length;
  }

  @Override
  public float initNoiseSigma() {
    return 1;
  }

  @Override
  public void scaleModelInput(float[] sample, float[] modelInput) {
    System.arraycopy(sample, 0, modelInput, 0, sample.length);
  }

  @Override
  public final void step(float[] modelOutput, float[] sample) {
    update(modelOutput, sample);
    index++;
  }

  /** Does the step at {@link #index}: changes the sample in place. */
  abstract void update(float[] modelOutput, float[] sample);
}
