package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import io.chitra.diffusion.DiffusionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * Memory outside the heap that tensors are views of, in a graph's own precision: a run reads and
 * writes it without a copy. Freed with the last view by the garbage collector. Not thread-safe.
 */
sealed interface FloatStore {

  /**
   * @throws DiffusionException out of memory
   */
  static FloatStore allocate(Precision precision, int size) throws DiffusionException {
    return switch (precision) {
      case FLOAT32 -> new Float32(direct(size, Float.BYTES).asFloatBuffer());
      case FLOAT16 -> new Float16(direct(size, Short.BYTES).asShortBuffer());
    };
  }

  private static ByteBuffer direct(int size, int bytes) throws DiffusionException {
    try {
      return ByteBuffer.allocateDirect(Math.multiplyExact(size, bytes))
          .order(ByteOrder.nativeOrder());
    } catch (OutOfMemoryError e) {
      throw DiffusionException.outOfMemory(
          "Cannot make room for %d values: %s".formatted(size, e.getMessage()), e);
    }
  }

  void put(int at, float[] values);

  void get(int at, float[] values);

  /** A view of the values from a place on, which the caller closes. */
  OnnxTensor view(OrtEnvironment environment, int from, long[] shape) throws OrtException;

  private static int size(long[] shape) {
    long size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    return Math.toIntExact(size);
  }

  /** Single precision. */
  record Float32(FloatBuffer values) implements FloatStore {

    @Override
    public void put(int at, float[] from) {
      values.put(at, from);
    }

    @Override
    public void get(int at, float[] to) {
      values.get(at, to);
    }

    @Override
    public OnnxTensor view(OrtEnvironment environment, int from, long[] shape) throws OrtException {
      return OnnxTensor.createTensor(environment, values.slice(from, size(shape)), shape);
    }
  }

  /** Half precision, as bits. */
  record Float16(ShortBuffer values) implements FloatStore {

    @Override
    public void put(int at, float[] from) {
      for (int i = 0; i < from.length; i++) {
        values.put(at + i, Fp16Conversions.floatToFp16(from[i]));
      }
    }

    @Override
    public void get(int at, float[] to) {
      for (int i = 0; i < to.length; i++) {
        to[i] = Fp16Conversions.fp16ToFloat(values.get(at + i));
      }
    }

    @Override
    public OnnxTensor view(OrtEnvironment environment, int from, long[] shape) throws OrtException {
      return OnnxTensor.createTensor(
          environment, values.slice(from, size(shape)), shape, Precision.FLOAT16.type);
    }
  }
}
