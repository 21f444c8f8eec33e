package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text encoder: token ids to the hidden states that steer the UNet. Owns its graph; safe for many
 * threads.
 */
public final class TextEncoder implements AutoCloseable {

  /** Which hidden states a model is trained with. */
  public enum States {
    /** The last layer's, normalised: SD 1.x and 2.x. */
    LAST,

    /** The last but one layer's, and the pooled vector of encoders that project: SDXL. */
    PENULTIMATE
  }

  private static final String INPUT_IDS = "input_ids";
  private static final String TEXT_EMBEDS = "text_embeds";
  private static final String HIDDEN_STATES = "hidden_states.";

  private final Graph graph;
  private final OnnxJavaType idType;
  private final String states;
  private final @Nullable String pooled;

  private TextEncoder(Graph graph, States wanted) throws DiffusionException {
    this.graph = graph;
    graph.requireInputs(Set.of(INPUT_IDS));
    graph.requireShape(INPUT_IDS, 1, -1);
    TensorInfo ids = graph.inputInfo(INPUT_IDS);
    if (!Graph.isInteger(ids)) {
      throw graph.unexpected(
          "input_ids is of type %s, expected int64 or int32".formatted(ids.type));
    }
    idType = ids.type;
    states = wanted == States.LAST ? graph.output("last_hidden_state") : penultimate(graph);
    graph.precision(states);
    graph.requireShape(states, 1, -1, -1);
    boolean pools = wanted == States.PENULTIMATE && graph.outputs().containsKey(TEXT_EMBEDS);
    pooled = pools ? TEXT_EMBEDS : null;
  }

  /** diffusers' {@code hidden_states[-2]}: the embeddings are number 0. */
  private static String penultimate(Graph graph) throws DiffusionException {
    long count = graph.outputs().keySet().stream().filter(n -> n.startsWith(HIDDEN_STATES)).count();
    if (count < 2) {
      throw graph.unexpected(
          "its outputs are %s, expected %s0, 1, ...; export it with output_hidden_states"
              .formatted(graph.outputs().keySet(), HIDDEN_STATES));
    }
    return HIDDEN_STATES + (count - 2);
  }

  public static TextEncoder open(OnnxRuntime runtime, GraphSource source, States states)
      throws DiffusionException {
    return Graphs.open(runtime, source, graph -> new TextEncoder(graph, states));
  }

  /** Encodes one prompt's ids. */
  public PromptEmbeds encode(long[] inputIds) throws DiffusionException {
    Set<String> outputs = new LinkedHashSet<>(Set.of(states));
    if (pooled != null) {
      outputs.add(pooled);
    }
    try (OnnxTensor ids = ids(inputIds);
        OrtSession.Result result = graph.run(Map.of(INPUT_IDS, ids), outputs)) {
      OnnxTensor hidden = Graph.tensor(result, states);
      long[] shape = hidden.getInfo().getShape();
      return new PromptEmbeds(
          Graph.floats(hidden),
          (int) shape[1],
          (int) shape[2],
          pooled == null ? null : Graph.floats(Graph.tensor(result, pooled)));
    } catch (OrtException e) {
      throw OnnxRuntime.failure("encode a prompt", e);
    }
  }

  private OnnxTensor ids(long[] inputIds) throws OrtException {
    OrtEnvironment environment = graph.runtime().environment();
    if (idType == OnnxJavaType.INT64) {
      return OnnxTensor.createTensor(environment, new long[][] {inputIds});
    }
    int[] ids = new int[inputIds.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) inputIds[i];
    }
    return OnnxTensor.createTensor(environment, new int[][] {ids});
  }

  @Override
  public void close() {
    graph.close();
  }
}
