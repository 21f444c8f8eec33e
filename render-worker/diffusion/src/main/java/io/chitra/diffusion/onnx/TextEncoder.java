package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The text encoder: token ids to the hidden states that steer the UNet. Owns its graph; safe for
 * many threads.
 */
public final class TextEncoder implements AutoCloseable {

  public static final String PART = "text_encoder";

  private static final String INPUT_IDS = "input_ids";

  private final Graph graph;
  private final OnnxJavaType idType;
  private final String output;

  private TextEncoder(Graph graph) throws DiffusionException {
    this.graph = graph;
    graph.requireInputs(INPUT_IDS);
    graph.requireShape(INPUT_IDS, 1, -1);
    TensorInfo ids = graph.inputInfo(INPUT_IDS);
    if (!Graph.isInteger(ids)) {
      throw graph.unexpected(
          "input_ids is of type %s, expected int64 or int32".formatted(ids.type));
    }
    idType = ids.type;
    output = graph.output("last_hidden_state");
    graph.precision(output);
    graph.requireShape(output, 1, -1, -1);
  }

  public static TextEncoder open(OnnxRuntime runtime, Path model) throws DiffusionException {
    return Graphs.open(runtime, model, PART, TextEncoder::new);
  }

  /** Encodes one prompt's ids. */
  public PromptEmbeds encode(long[] inputIds) throws DiffusionException {
    try (OnnxTensor ids = ids(inputIds);
        OrtSession.Result result = graph.run(Map.of(INPUT_IDS, ids), output)) {
      OnnxTensor states = (OnnxTensor) result.get(0);
      long[] shape = states.getInfo().getShape();
      float[] values = new float[Math.toIntExact(shape[1] * shape[2])];
      states.getFloatBuffer().get(values);
      return new PromptEmbeds(values, (int) shape[1], (int) shape[2]);
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
