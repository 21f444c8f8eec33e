package io.chitra.diffusion.onnx;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.chitra.diffusion.DiffusionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one UNet run: put into their places, run together, and got from their places. The
 * memory is kept from run to run, and a condition that is in its place already is not copied again.
 * Not thread-safe.
 */
public final class UNetBatch {

  private final Graph graph;
  private final TimestepInput timestep;
  private final RowTensor samples;
  private final RowTensor embeds;
  private final @Nullable RowTensor textEmbeds;
  private final @Nullable RowTensor timeIds;
  private final @Nullable RowTensor timestepCond;
  private final List<RowTensor> inputs = new ArrayList<>();
  private final RowTensor results;
  private final float[] timesteps;
  private final @Nullable Condition[] inPlace;

  /**
   * @param like of the sizes that all rows' conditions have
   */
  UNetBatch(UNet unet, int rows, int latentHeight, int latentWidth, Condition like)
      throws DiffusionException {
    graph = unet.graph();
    timestep = unet.timestep();
    samples =
        input(
            new RowTensor(graph, UNet.SAMPLE, rows, unet.inChannels(), latentHeight, latentWidth));
    embeds =
        input(
            new RowTensor(
                graph,
                UNet.ENCODER_HIDDEN_STATES,
                rows,
                like.embeds().tokens(),
                like.embeds().width()));
    float[] pooled = like.embeds().pooled();
    textEmbeds = vector(UNet.TEXT_EMBEDS, rows, like.timeIds() == null ? null : pooled);
    timeIds = vector(UNet.TIME_IDS, rows, like.timeIds());
    timestepCond = vector(UNet.TIMESTEP_COND, rows, like.timestepCond());
    results =
        new RowTensor(graph, unet.output(), rows, unet.outChannels(), latentHeight, latentWidth);
    timesteps = new float[rows];
    inPlace = new Condition[rows];
  }

  private RowTensor input(RowTensor tensor) {
    inputs.add(tensor);
    return tensor;
  }

  private @Nullable RowTensor vector(String name, int rows, float @Nullable [] like)
      throws DiffusionException {
    return like == null ? null : input(new RowTensor(graph, name, rows, like.length));
  }

  /**
   * Fills one row.
   *
   * @param latents scaled for the timestep; the condition's extra channels come after them
   */
  public void put(int row, float[] latents, float atTimestep, Condition condition) {
    samples.put(row, 0, latents);
    timesteps[row] = atTimestep;
    if (inPlace[row] == condition) {
      return;
    }
    embeds.put(row, 0, condition.embeds().values());
    put(textEmbeds, row, condition.embeds().pooled());
    put(timeIds, row, condition.timeIds());
    put(timestepCond, row, condition.timestepCond());
    float[] extra = condition.extraChannels();
    if (extra != null) {
      samples.put(row, samples.size() - extra.length, extra);
    }
    inPlace[row] = condition;
  }

  private static void put(@Nullable RowTensor tensor, int row, float @Nullable [] values) {
    if (tensor != null) {
      tensor.put(row, 0, requireNonNull(values));
    }
  }

  /**
   * Runs the first rows, which must have been filled. Where bits depend on the batch's size, all
   * rows are run, whatever the others hold.
   */
  public void run(int filled) throws DiffusionException {
    int rows = graph.runtime().bitsDependOnBatchSize() ? timesteps.length : filled;
    OrtEnvironment environment = graph.runtime().environment();
    Map<String, OnnxTensor> values = new HashMap<>();
    try (OnnxTensor result = results.view(environment, rows)) {
      values.put(TimestepInput.NAME, timestep.tensor(environment, timesteps, rows));
      for (RowTensor input : inputs) {
        values.put(input.name(), input.view(environment, rows));
      }
      graph.run(values, Map.of(results.name(), result));
    } catch (OrtException e) {
      throw OnnxRuntime.failure("run the UNet", e);
    } finally {
      values.values().forEach(OnnxTensor::close);
    }
  }

  /** The model's output for a row of the last run. */
  public void get(int row, float[] modelOutput) {
    results.get(row, modelOutput);
  }
}
