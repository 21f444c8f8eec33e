package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * A session, and the weights that it was given in memory, which it may use for as long as it lives.
 * Owns both until closed; runs may come from many threads.
 */
record Session(OrtSession session, Map<String, OnnxTensor> weights) implements AutoCloseable {

  /** Where a graph that comes as bytes has its external data. */
  private static final String WEIGHTS_FOLDER =
      "session.model_external_initializers_file_folder_path";

  static Session open(
      OrtEnvironment environment, OrtSession.SessionOptions options, GraphSource source)
      throws OrtException, DiffusionException {
    if (!source.isChanged()) {
      return new Session(environment.createSession(source.file().toString(), options), Map.of());
    }
    options.addConfigEntry(WEIGHTS_FOLDER, source.graph().folder().toString());
    Map<String, OnnxTensor> weights = new HashMap<>();
    try {
      for (Tensor tensor : source.graph().inMemory().values()) {
        weights.put(tensor.name(), view(environment, tensor));
      }
      if (!weights.isEmpty()) {
        options.addExternalInitializers(new HashMap<>(weights));
      }
      return new Session(environment.createSession(source.graph().bytes(), options), weights);
    } catch (OrtException | DiffusionException | RuntimeException e) {
      weights.values().forEach(OnnxTensor::close);
      throw e;
    }
  }

  private static OnnxTensor view(OrtEnvironment environment, Tensor tensor)
      throws OrtException, DiffusionException {
    ByteBuffer bytes = tensor.bytes().order(ByteOrder.nativeOrder());
    long[] shape = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    OnnxJavaType type =
        switch (tensor.type()) {
          case FLOAT -> OnnxJavaType.FLOAT;
          case FLOAT16 -> OnnxJavaType.FLOAT16;
          default -> throw new IllegalArgumentException(tensor.type().toString());
        };
    return OnnxTensor.createTensor(environment, bytes, shape, type);
  }

  @Override
  public void close() throws OrtException {
    try {
      session.close();
    } finally {
      weights.values().forEach(OnnxTensor::close);
    }
  }
}
