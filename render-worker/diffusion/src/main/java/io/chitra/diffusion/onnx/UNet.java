package io.chitra.diffusion.onnx;

import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.OnnxGraph;
import io.chitra.diffusion.graph.SharedPrefix;
import io.chitra.diffusion.graph.TimestepPerRow;
import io.chitra.diffusion.graph.UpsampleToSkip;
import io.chitra.diffusion.model.UNetConfig;
import io.chitra.diffusion.model.UNetConfig.Conditioning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The UNet, which predicts the noise in latents. Owns its graph; batches of it may be used by one
 * thread each, and must not outlive it.
 */
public final class UNet implements AutoCloseable {

  public static final String PART = "unet";

  static final String SAMPLE = "sample";
  static final String ENCODER_HIDDEN_STATES = "encoder_hidden_states";
  static final String TEXT_EMBEDS = "text_embeds";
  static final String TIME_IDS = "time_ids";
  static final String TIMESTEP_COND = "timestep_cond";
  static final String PICTURE_OF_ROW = SharedPrefix.PICTURE_OF_ROW;

  private static final int TIME_IDS_OF_XL = 6;

  private final Graph graph;
  private final UNetConfig config;

  /** What latent sides must be a multiple of. */
  private final int factor;

  private final TimestepInput timestep;
  private final boolean sharesPrefix;
  private final String output;

  private UNet(Graph graph, UNetConfig config, int factor) throws DiffusionException {
    this.graph = graph;
    this.config = config;
    this.factor = factor;
    List<String> rowInputs = new ArrayList<>(List.of(SAMPLE, ENCODER_HIDDEN_STATES));
    if (config.conditioning() == Conditioning.PROMPT_AND_SIZES) {
      rowInputs.add(TEXT_EMBEDS);
      rowInputs.add(TIME_IDS);
    }
    if (config.guidanceEmbedding() > 0) {
      rowInputs.add(TIMESTEP_COND);
    }
    List<String> all = new ArrayList<>(rowInputs);
    all.add(TimestepInput.NAME);
    sharesPrefix = graph.inputs().containsKey(PICTURE_OF_ROW);
    if (sharesPrefix) {
      all.add(PICTURE_OF_ROW);
    }
    graph.requireInputs(all);
    for (String input : rowInputs) {
      requireOpenBatch(input);
      graph.precision(input);
    }
    graph.requireShape(SAMPLE, -1, config.inChannels(), -1, -1);
    graph.requireShape(ENCODER_HIDDEN_STATES, -1, -1, -1);
    if (rowInputs.contains(TIME_IDS)) {
      graph.requireShape(TEXT_EMBEDS, -1, -1);
      graph.requireShape(TIME_IDS, -1, TIME_IDS_OF_XL);
    }
    if (rowInputs.contains(TIMESTEP_COND)) {
      graph.requireShape(TIMESTEP_COND, -1, config.guidanceEmbedding());
    }
    timestep = TimestepInput.of(graph, SAMPLE);
    output = graph.output("out_sample");
    graph.precision(output);
    graph.requireShape(output, -1, config.outChannels(), -1, -1);
  }

  private void requireOpenBatch(String name) throws DiffusionException {
    TensorInfo info = graph.inputInfo(name);
    long[] shape = info.getShape();
    if (shape.length > 0 && shape[0] >= 0) {
      throw graph.unexpected(
          "the first dimension of %s is fixed to %d; export it with a dynamic batch"
              .formatted(name, shape[0]));
    }
  }

  /**
   * Opens a UNet whose rows have a timestep each and whose latents may have any size, as far as its
   * export has the form to be changed for that. Where the batch's size may change, rows of a
   * picture share what comes before the prompt.
   */
  public static UNet open(OnnxRuntime runtime, GraphSource source, UNetConfig config)
      throws DiffusionException {
    OnnxGraph graph = source.graph();
    OnnxGraph perRow = TimestepPerRow.of(graph).orElse(graph);
    Optional<OnnxGraph> anySize = UpsampleToSkip.of(perRow);
    int factor = anySize.isPresent() ? 1 : config.factor();
    OnnxGraph whole = anySize.orElse(perRow);
    OnnxGraph changed =
        runtime.bitsDependOnBatchSize() ? whole : SharedPrefix.of(whole).orElse(whole);
    return Graphs.open(runtime, source.with(changed), opened -> new UNet(opened, config, factor));
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
   * @param like of the sizes that all of its rows' conditions have
   * @throws DiffusionException permanent where latents or conditions do not fit; or out of memory
   */
  public UNetBatch batch(int rows, int latentHeight, int latentWidth, Condition like)
      throws DiffusionException {
    if (latentHeight % factor != 0 || latentWidth % factor != 0) {
      throw graph.unexpected(
          "it takes latents in multiples of %d only, not %d x %d: their sides must halve evenly"
              .formatted(factor, latentWidth, latentHeight));
    }
    graph.requireShape(SAMPLE, -1, config.inChannels(), latentHeight, latentWidth);
    PromptEmbeds embeds = like.embeds();
    graph.requireShape(ENCODER_HIDDEN_STATES, -1, embeds.tokens(), embeds.width());
    float[] pooled = embeds.pooled();
    if (config.conditioning() == Conditioning.PROMPT_AND_SIZES && pooled != null) {
      graph.requireShape(TEXT_EMBEDS, -1, pooled.length);
    }
    return new UNetBatch(this, rows, latentHeight, latentWidth, like);
  }

  Graph graph() {
    return graph;
  }

  TimestepInput timestep() {
    return timestep;
  }

  String output() {
    return output;
  }

  /** Whether it takes latents once a picture, and the picture of each row. */
  boolean sharesPrefix() {
    return sharesPrefix;
  }

  int inChannels() {
    return config.inChannels();
  }

  int outChannels() {
    return config.outChannels();
  }

  @Override
  public void close() {
    graph.close();
  }
}
