package io.chitra.embedded.bench;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Values for every input of a graph, in its declared shapes with the open dimensions filled in:
 * standard normal numbers, and zeros for whole ones. Owns its tensors until closed, not the
 * session.
 */
final class GraphInputs implements AutoCloseable {

  /** Of CLIP's text encoders. */
  private static final int TOKENS = 77;

  private final OrtSession session;
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

  private GraphInputs(OrtSession session) {
    this.session = session;
  }

  /**
   * Makes the values.
   *
   * @param batch of inputs that leave it open
   */
  static GraphInputs of(
      OrtEnvironment environment, OrtSession session, int batch, int latentHeight, int latentWidth)
      throws OrtException {
    GraphInputs inputs = new GraphInputs(session);
    try {
      for (NodeInfo input : session.getInputInfo().values()) {
        if (input.getInfo() instanceof TensorInfo declared) {
          long[] shape = shape(declared.getShape(), batch, latentHeight, latentWidth);
          inputs.tensors.put(input.getName(), tensor(environment, declared.type, shape));
        }
      }
      return inputs;
    } catch (OrtException | RuntimeException e) {
      inputs.close();
      throw e;
    }
  }

  private static long[] shape(long[] declared, int batch, int latentHeight, int latentWidth) {
    long[] shape = declared.clone();
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0) {
        shape[i] =
            switch (i) {
              case 0 -> batch;
              case 2 -> latentHeight;
              case 3 -> latentWidth;
              default -> TOKENS;
            };
      }
    }
    return shape;
  }

  private static OnnxTensor tensor(OrtEnvironment environment, OnnxJavaType type, long[] shape)
      throws OrtException {
    int size = 1;
    for (long side : shape) {
      size = Math.multiplyExact(size, Math.toIntExact(side));
    }
    ByteBuffer values =
        ByteBuffer.allocateDirect(Math.multiplyExact(size, type.size))
            .order(ByteOrder.nativeOrder());
    Random random = new Random(0);
    for (int i = 0; i < size; i++) {
      switch (type) {
        case FLOAT -> values.putFloat((float) random.nextGaussian());
        case FLOAT16 -> values.putShort(Fp16Conversions.floatToFp16((float) random.nextGaussian()));
        default -> {}
      }
    }
    return OnnxTensor.createTensor(environment, values.clear(), shape, type);
  }

  /** Runs the graph once; the results are let go. */
  void run() throws OrtException {
    session.run(tensors).close();
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
  }
}
