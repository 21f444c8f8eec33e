package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * How a UNet's graph takes timesteps: one a row, or one for the whole batch; float or integer
 * (fractions are cut off there, as {@code optimum} does).
 *
 * @param shapeOfOne the tensor's shape where the batch has one timestep, empty or [1]
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TimestepInput(Form form, OnnxJavaType type, long[] shapeOfOne) {

  static final String NAME = "timestep";

  enum Form {
    ONE_A_ROW,
    ONE_A_BATCH
  }

  /** A vector counts as one timestep a row only where its dimension is the batch's own. */
  static TimestepInput of(Graph graph, String batchedInput) throws DiffusionException {
    TensorInfo timestep = graph.inputInfo(NAME);
    switch (timestep.type) {
      case FLOAT, FLOAT16, INT64 -> {}
      default ->
          throw graph.unexpected(
              "timestep is of type %s, expected float32, float16 or int64"
                  .formatted(timestep.type));
    }
    long[] shape = timestep.getShape();
    if (shape.length == 0) {
      return new TimestepInput(Form.ONE_A_BATCH, timestep.type, shape);
    }
    graph.requireShape(NAME, -1);
    String batch = graph.inputInfo(batchedInput).getDimensionNames()[0];
    boolean aRow = !batch.isEmpty() && batch.equals(timestep.getDimensionNames()[0]);
    return new TimestepInput(
        aRow ? Form.ONE_A_ROW : Form.ONE_A_BATCH, timestep.type, new long[] {1});
  }

  /** The tensor for some of a batch's pictures, which the caller closes. */
  OnnxTensor tensor(OrtEnvironment environment, float[] timesteps, int from, int pictures)
      throws OrtException, DiffusionException {
    int count = form == Form.ONE_A_ROW ? pictures : 1;
    long[] shape = form == Form.ONE_A_ROW ? new long[] {pictures} : shapeOfOne;
    if (type == OnnxJavaType.INT64) {
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        values[i] = (long) timesteps[from + i];
      }
      return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }
    FloatStore store =
        FloatStore.allocate(
            type == OnnxJavaType.FLOAT ? Precision.FLOAT32 : Precision.FLOAT16, count);
    store.put(0, Arrays.copyOfRange(timesteps, from, from + count));
    return store.view(environment, 0, shape);
  }
}
