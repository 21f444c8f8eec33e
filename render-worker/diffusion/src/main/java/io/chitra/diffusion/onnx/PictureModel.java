package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model that looks at pictures, as optimum exports those of transformers: {@code pixel_values},
 * and for some {@code input_ids} and {@code attention_mask}, to one output or several. Owns its
 * graph; safe for many threads.
 */
public final class PictureModel implements AutoCloseable {

  private static final String PIXEL_VALUES = "pixel_values";
  private static final String INPUT_IDS = "input_ids";
  private static final String ATTENTION_MASK = "attention_mask";
  private static final Set<String> KNOWN = Set.of(PIXEL_VALUES, INPUT_IDS, ATTENTION_MASK);
  private static final int CHANNELS = 3;

  private final Graph graph;
  private final Precision precision;

  /**
   * Pictures as the model takes them.
   *
   * @param values count x 3 x height x width, not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // goes straight into a tensor
  public record Pixels(float[] values, int count, int height, int width) {}

  /**
   * Texts as the model takes them.
   *
   * @param ids of tokens, as many for each text
   * @param mask 1 for a token, 0 for padding
   */
  @SuppressWarnings("ArrayRecordComponent") // goes straight into a tensor
  public record Texts(long[][] ids, long[][] mask) {

    /** For the pictures' sake alone: one text that says nothing. */
    public static final Texts NONE = new Texts(new long[1][2], new long[][] {{1, 1}});
  }

  /**
   * What came out.
   *
   * @param values row by row, not to be changed
   * @param shape of them
   */
  @SuppressWarnings("ArrayRecordComponent") // comes straight from a tensor
  public record Output(float[] values, long[] shape) {

    /** How many there are. */
    public int rows() {
      return (int) shape[0];
    }

    /** The first values of each row: all, or those of its first token. */
    public float[] row(int row) {
      int width = (int) shape[shape.length - 1];
      int length = values.length / rows();
      float[] first = new float[width];
      System.arraycopy(values, row * length, first, 0, width);
      return first;
    }
  }

  private PictureModel(Graph graph) throws DiffusionException {
    this.graph = graph;
    Set<String> unknown = new HashSet<>(graph.inputs().keySet());
    unknown.removeAll(KNOWN);
    if (!graph.inputs().containsKey(PIXEL_VALUES) || !unknown.isEmpty()) {
      throw graph.unexpected(
          "its inputs are %s, expected %s, and %s or none"
              .formatted(
                  graph.inputs().keySet(), PIXEL_VALUES, List.of(INPUT_IDS, ATTENTION_MASK)));
    }
    graph.requireShape(PIXEL_VALUES, -1, CHANNELS, -1, -1);
    precision = graph.precision(PIXEL_VALUES);
    for (String name : List.of(INPUT_IDS, ATTENTION_MASK)) {
      TensorInfo info = graph.inputs().get(name);
      if (info != null && !Graph.isInteger(info)) {
        throw graph.unexpected(
            "%s is of type %s, expected int64 or int32".formatted(name, info.type));
      }
    }
  }

  /**
   * Opens a model.
   *
   * @param folderOrFile an ONNX file, or a folder with {@code model.onnx}
   */
  public static PictureModel open(OnnxRuntime runtime, Path folderOrFile)
      throws DiffusionException {
    return Graphs.open(runtime, GraphSource.alone(folderOrFile), PictureModel::new);
  }

  /** Whether it looks at texts too. */
  public boolean readsTexts() {
    return graph.inputs().containsKey(INPUT_IDS);
  }

  /** The names of what it gives. */
  public Set<String> outputs() {
    return graph.outputs().keySet();
  }

  /** How many pictures it takes at once: what it was exported for, or as many as there are. */
  public int batch(int wanted) throws DiffusionException {
    long fixed = graph.inputInfo(PIXEL_VALUES).getShape()[0];
    if (fixed > 1) {
      throw graph.unexpected(
          "it takes %d pictures at a time, expected one or any number; export it with a dynamic batch axis"
              .formatted(fixed));
    }
    return fixed == 1 ? 1 : wanted;
  }

  /** Checks that it takes pictures of this size. */
  public void requireSize(int height, int width) throws DiffusionException {
    graph.requireShape(PIXEL_VALUES, -1, CHANNELS, height, width);
  }

  /** The error for a model that is not of the expected form. */
  public DiffusionException unexpected(String why) {
    return graph.unexpected(why);
  }

  /**
   * Looks at pictures.
   *
   * @param texts where the model does not read any, they are left out
   * @param wanted names of outputs, each once
   * @return the outputs in this order
   */
  public List<Output> run(Pixels pixels, Texts texts, List<String> wanted)
      throws DiffusionException {
    OrtEnvironment environment = graph.runtime().environment();
    FloatStore store = FloatStore.allocate(precision, pixels.values().length);
    store.put(0, pixels.values());
    long[] shape = {pixels.count(), CHANNELS, pixels.height(), pixels.width()};
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      inputs.put(PIXEL_VALUES, store.view(environment, 0, shape));
      for (String name : graph.inputs().keySet()) {
        if (!name.equals(PIXEL_VALUES)) {
          long[][] rows = name.equals(INPUT_IDS) ? texts.ids() : texts.mask();
          inputs.put(name, integers(environment, name, rows));
        }
      }
      try (OrtSession.Result result = graph.run(inputs, Set.copyOf(wanted))) {
        List<Output> outputs = new ArrayList<>();
        for (String name : wanted) {
          OnnxTensor tensor = Graph.tensor(result, name);
          outputs.add(new Output(Graph.floats(tensor), tensor.getInfo().getShape()));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw OnnxRuntime.failure("look at pictures", e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor integers(OrtEnvironment environment, String name, long[][] rows)
      throws OrtException, DiffusionException {
    if (graph.inputInfo(name).type == OnnxJavaType.INT64) {
      return OnnxTensor.createTensor(environment, rows);
    }
    int[][] narrow = new int[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      narrow[i] = new int[rows[i].length];
      for (int j = 0; j < rows[i].length; j++) {
        narrow[i][j] = (int) rows[i][j];
      }
    }
    return OnnxTensor.createTensor(environment, narrow);
  }

  @Override
  public void close() {
    graph.close();
  }
}
