package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.chitra.diffusion.DiffusionException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one UNet run: put into their places, run together, and got from their places. The
 * memory is kept from run to run, and an encoding that is in its place already is not copied again.
 * Not thread-safe.
 */
public final class UNetBatch {

  private final Graph graph;
  private final TimestepInput timestep;
  private final String output;
  private final int[] latentShape;
  private final int[] embedsShape;
  private final int latentSize;
  private final int embedsSize;
  private final FloatStore samples;
  private final FloatStore embeds;
  private final FloatStore results;
  private final float[] timesteps;
  private final @Nullable PromptEmbeds[] inPlace;

  UNetBatch(
      Graph graph,
      TimestepInput timestep,
      String output,
      int rows,
      int[] latentShape,
      int[] embedsShape)
      throws DiffusionException {
    this.graph = graph;
    this.timestep = timestep;
    this.output = output;
    this.latentShape = latentShape;
    this.embedsShape = embedsShape;
    latentSize = latentShape[0] * latentShape[1] * latentShape[2];
    embedsSize = embedsShape[0] * embedsShape[1];
    samples =
        FloatStore.allocate(graph.precision(UNet.SAMPLE), Math.multiplyExact(rows, latentSize));
    embeds =
        FloatStore.allocate(
            graph.precision(UNet.ENCODER_HIDDEN_STATES), Math.multiplyExact(rows, embedsSize));
    results = FloatStore.allocate(graph.precision(output), Math.multiplyExact(rows, latentSize));
    timesteps = new float[rows];
    inPlace = new PromptEmbeds[rows];
  }

  /** Fills one row. */
  public void put(int row, float[] modelInput, float atTimestep, PromptEmbeds prompt) {
    samples.put(row * latentSize, modelInput);
    timesteps[row] = atTimestep;
    if (inPlace[row] != prompt) {
      embeds.put(row * embedsSize, prompt.values());
      inPlace[row] = prompt;
    }
  }

  /** Runs the first rows, which must have been filled. */
  public void run(int rows) throws DiffusionException {
    OrtEnvironment environment = graph.runtime().environment();
    long[] latents = {rows, latentShape[0], latentShape[1], latentShape[2]};
    long[] prompts = {rows, embedsShape[0], embedsShape[1]};
    try (OnnxTensor sample = samples.view(environment, latents);
        OnnxTensor time = timestep.tensor(environment, timesteps, rows);
        OnnxTensor states = embeds.view(environment, prompts);
        OnnxTensor result = results.view(environment, latents)) {
      graph.run(
          Map.of(UNet.SAMPLE, sample, TimestepInput.NAME, time, UNet.ENCODER_HIDDEN_STATES, states),
          Map.of(output, result));
    } catch (OrtException e) {
      throw OnnxRuntime.failure("run the UNet", e);
    }
  }

  /** The model's output for a row of the last run. */
  public void get(int row, float[] modelOutput) {
    results.get(row * latentSize, modelOutput);
  }
}
