package io.chitra.diffusion.graph;

/**
 * The element types of ONNX tensors.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3">TensorProto.DataType</a>
 */
public enum TensorType {
  FLOAT(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  UINT16(4, 16),
  INT16(5, 16),
  INT32(6, 32),
  INT64(7, 64),
  BOOL(9, 8),
  FLOAT16(10, 16),
  DOUBLE(11, 64),
  UINT32(12, 32),
  UINT64(13, 64),
  BFLOAT16(16, 16),
  /** Anything else, such as strings and numbers of 4 bits: carried along, never looked into. */
  OTHER(0, 0);

  private final int code;
  private final int bits;

  TensorType(int code, int bits) {
    this.code = code;
    this.bits = bits;
  }

  static TensorType of(long code) {
    for (TensorType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return OTHER;
  }

  int code() {
    return code;
  }

  /** Of one element; 0 where it is not known. */
  public int bytes() {
    return bits / Byte.SIZE;
  }
}
