package io.chitra.diffusion.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One ONNX file of a model and the session that runs it. Owns the session until closed; runs may
 * come from many threads.
 */
final class Graph implements AutoCloseable {

  private final String label;
  private final OnnxRuntime runtime;
  private final Session session;
  private final Map<String, TensorInfo> inputs;
  private final Map<String, TensorInfo> outputs;

  private Graph(String label, OnnxRuntime runtime, Session session) throws OrtException {
    this.label = label;
    this.runtime = runtime;
    this.session = session;
    this.inputs = tensors(session.session().getInputInfo());
    this.outputs = tensors(session.session().getOutputInfo());
  }

  static Graph open(OnnxRuntime runtime, GraphSource source) throws DiffusionException {
    try {
      Session session = runtime.open(source);
      try {
        return new Graph(source.label(), runtime, session);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw OnnxRuntime.failure("load %s of model %s".formatted(source.label(), source.model()), e);
    }
  }

  private static Map<String, TensorInfo> tensors(Map<String, NodeInfo> nodes) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    nodes.forEach(
        (name, node) -> {
          if (node.getInfo() instanceof TensorInfo info) {
            tensors.put(name, info);
          }
        });
    return tensors;
  }

  OnnxRuntime runtime() {
    return runtime;
  }

  Map<String, TensorInfo> inputs() {
    return inputs;
  }

  Map<String, TensorInfo> outputs() {
    return outputs;
  }

  /** Checks that the graph takes exactly these inputs. */
  void requireInputs(Collection<String> names) throws DiffusionException {
    if (!inputs.keySet().equals(Set.copyOf(names))) {
      throw unexpected("its inputs are %s, expected %s".formatted(inputs.keySet(), names));
    }
  }

  /** The output of this name, or the first one where exporters call it differently. */
  String output(String name) throws DiffusionException {
    if (outputs.containsKey(name)) {
      return name;
    }
    return outputs.keySet().stream()
        .findFirst()
        .orElseThrow(() -> unexpected("it has no output " + name));
  }

  TensorInfo inputInfo(String name) throws DiffusionException {
    return info(inputs, name);
  }

  /** The precision of an input or output that must be of floating point. */
  Precision precision(String name) throws DiffusionException {
    TensorInfo info = info(inputs.containsKey(name) ? inputs : outputs, name);
    for (Precision precision : Precision.values()) {
      if (info.type == precision.type) {
        return precision;
      }
    }
    throw unexpected("%s is of type %s, expected float32 or float16".formatted(name, info.type));
  }

  /** Checks a tensor's shape: -1 may be anything, and so may what the graph leaves open. */
  void requireShape(String name, long... expected) throws DiffusionException {
    long[] shape = info(inputs.containsKey(name) ? inputs : outputs, name).getShape();
    boolean fits = shape.length == expected.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] < 0 || expected[i] < 0 || shape[i] == expected[i];
    }
    if (!fits) {
      throw unexpected(
          "the shape of %s is %s, expected %s"
              .formatted(name, Arrays.toString(shape), Arrays.toString(expected)));
    }
  }

  DiffusionException unexpected(String why) {
    return DiffusionException.permanent("Cannot use %s: %s".formatted(label, why));
  }

  /** Runs the graph; the result belongs to the caller. */
  OrtSession.Result run(Map<String, ? extends OnnxTensorLike> values, Set<String> wanted)
      throws DiffusionException {
    try {
      return session.session().run(values, wanted);
    } catch (OrtException e) {
      throw OnnxRuntime.failure("run " + label, e);
    }
  }

  /** Runs the graph into tensors of the caller. */
  void run(
      Map<String, ? extends OnnxTensorLike> values,
      Map<String, ? extends OnnxValue> results,
      OrtSession.RunOptions options)
      throws DiffusionException {
    try {
      session.session().run(values, Set.of(), results, options).close();
    } catch (OrtException e) {
      throw OnnxRuntime.failure("run " + label, e);
    }
  }

  /** One tensor of a result, which it still belongs to. */
  static OnnxTensor tensor(OrtSession.Result result, String name) {
    return (OnnxTensor) result.get(name).orElseThrow();
  }

  /** A copy of a tensor's values, in single precision. */
  static float[] floats(OnnxTensor tensor) {
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  static boolean isInteger(TensorInfo info) {
    return info.type == OnnxJavaType.INT64 || info.type == OnnxJavaType.INT32;
  }

  private TensorInfo info(Map<String, TensorInfo> tensors, String name) throws DiffusionException {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw unexpected("it has no tensor " + name);
    }
    return info;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("Cannot close %s: it is closed".formatted(label), e);
    }
  }
}
