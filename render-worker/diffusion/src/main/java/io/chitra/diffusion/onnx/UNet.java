package io.chitra.diffusion.onnx;

import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import java.nio.file.Path;

/**
 * The UNet, which predicts the noise in latents. Owns its graph; batches of it may be used by one
 * thread each, and must not outlive it.
 */
public final class UNet implements AutoCloseable {

  public static final String PART = "unet";

  static final String SAMPLE = "sample";
  static final String ENCODER_HIDDEN_STATES = "encoder_hidden_states";

  private final Graph graph;
  private final TimestepInput timestep;
  private final String output;
  private final int channels;

  private UNet(Graph graph, int channels) throws DiffusionException {
    this.graph = graph;
    this.channels = channels;
    graph.requireInputs(SAMPLE, TimestepInput.NAME, ENCODER_HIDDEN_STATES);
    graph.requireShape(SAMPLE, -1, channels, -1, -1);
    graph.requireShape(ENCODER_HIDDEN_STATES, -1, -1, -1);
    requireOpenBatch(SAMPLE);
    requireOpenBatch(ENCODER_HIDDEN_STATES);
    graph.precision(SAMPLE);
    graph.precision(ENCODER_HIDDEN_STATES);
    timestep = TimestepInput.of(graph, SAMPLE);
    output = graph.output("out_sample");
    graph.precision(output);
    graph.requireShape(output, -1, channels, -1, -1);
  }

  private void requireOpenBatch(String name) throws DiffusionException {
    TensorInfo info = graph.inputInfo(name);
    if (info.getShape()[0] >= 0) {
      throw graph.unexpected(
          "the first dimension of %s is fixed to %d; export it with a dynamic batch"
              .formatted(name, info.getShape()[0]));
    }
  }

  /**
   * @param channels of the latents, as the config says
   */
  public static UNet open(OnnxRuntime runtime, Path model, int channels) throws DiffusionException {
    return Graphs.open(runtime, model, PART, graph -> new UNet(graph, channels));
  }

  /**
   * Whether each row of a batch has a timestep of its own; otherwise all rows must be at the same
   * one.
   */
  public boolean timestepPerRow() {
    return timestep.form() == TimestepInput.Form.ONE_A_ROW;
  }

  /**
   * Makes room for a batch.
   *
   * @param rows at most
   * @param embeds of the size that all of its prompts' encodings have
   */
  public UNetBatch batch(int rows, int latentHeight, int latentWidth, PromptEmbeds embeds)
      throws DiffusionException {
    graph.requireShape(SAMPLE, -1, channels, latentHeight, latentWidth);
    graph.requireShape(ENCODER_HIDDEN_STATES, -1, embeds.tokens(), embeds.width());
    return new UNetBatch(
        graph,
        timestep,
        output,
        rows,
        new int[] {channels, latentHeight, latentWidth},
        new int[] {embeds.tokens(), embeds.width()});
  }

  @Override
  public void close() {
    graph.close();
  }
}
