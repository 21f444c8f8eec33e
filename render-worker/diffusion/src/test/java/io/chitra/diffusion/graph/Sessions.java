package io.chitra.diffusion.graph;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Runs graphs: files as they are, and changed ones. */
public final class Sessions {

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private Sessions() {}

  /** Numbers for an input, of whichever type it takes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Input(float[] values, long... shape) {}

  /** A graph that runs until closed. */
  public record Session(OrtSession session) implements AutoCloseable {

    /** The values of an output. */
    public float[] run(Map<String, Input> inputs, String output) throws OrtException {
      Map<String, OnnxTensor> tensors = new HashMap<>();
      try {
        for (Map.Entry<String, NodeInfo> entry : session.getInputInfo().entrySet()) {
          Input input = Objects.requireNonNull(inputs.get(entry.getKey()), entry.getKey());
          tensors.put(entry.getKey(), tensor((TensorInfo) entry.getValue().getInfo(), input));
        }
        try (OrtSession.Result result = session.run(tensors)) {
          FloatBuffer values = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
          float[] floats = new float[values.remaining()];
          values.get(floats);
          return floats;
        }
      } finally {
        tensors.values().forEach(OnnxTensor::close);
      }
    }

    @Override
    public void close() throws OrtException {
      session.close();
    }
  }

  /** Opens a file as it is. */
  public static Session open(Path file) throws OrtException {
    try (OrtSession.SessionOptions options = options()) {
      return new Session(ENVIRONMENT.createSession(file.toString(), options));
    }
  }

  /** Opens a graph whose weights are in its folder, and in memory. */
  public static Session open(OnnxGraph graph) throws OrtException, DiffusionException {
    Map<String, OnnxTensorLike> weights = new HashMap<>();
    try (OrtSession.SessionOptions options = options()) {
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path", graph.folder().toString());
      for (Tensor tensor : graph.inMemory().values()) {
        weights.put(
            tensor.name(),
            OnnxTensor.createTensor(
                ENVIRONMENT,
                tensor.bytes(),
                tensor.dims().stream().mapToLong(Long::longValue).toArray(),
                OnnxJavaType.valueOf(tensor.type().name())));
      }
      options.addExternalInitializers(weights);
      return new Session(ENVIRONMENT.createSession(graph.bytes(), options));
    } finally {
      weights.values().forEach(OnnxTensorLike::close);
    }
  }

  /** Opens a file for one run. */
  public static float[] run(Path file, Map<String, Input> inputs, String output)
      throws OrtException {
    try (Session session = open(file)) {
      return session.run(inputs, output);
    }
  }

  /** Opens a graph for one run. */
  public static float[] run(OnnxGraph graph, Map<String, Input> inputs, String output)
      throws OrtException, DiffusionException {
    try (Session session = open(graph)) {
      return session.run(inputs, output);
    }
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(1);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    return options;
  }

  private static OnnxTensor tensor(TensorInfo info, Input input) throws OrtException {
    switch (info.type) {
      case FLOAT -> {
        return OnnxTensor.createTensor(
            ENVIRONMENT, FloatBuffer.wrap(input.values()), input.shape());
      }
      case FLOAT16 -> {
        ByteBuffer halves =
            ByteBuffer.allocateDirect(input.values().length * Short.BYTES)
                .order(ByteOrder.nativeOrder());
        for (float value : input.values()) {
          halves.putShort(HalfPrecision.fromFloat(value));
        }
        return OnnxTensor.createTensor(ENVIRONMENT, halves.flip(), input.shape(), info.type);
      }
      case INT64 -> {
        long[] longs = new long[input.values().length];
        for (int i = 0; i < longs.length; i++) {
          longs[i] = (long) input.values()[i];
        }
        return OnnxTensor.createTensor(ENVIRONMENT, LongBuffer.wrap(longs), input.shape());
      }
      default -> throw new IllegalArgumentException(info.toString());
    }
  }
}
