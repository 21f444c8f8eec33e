package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxJavaType;

/** The floating point numbers a graph takes and gives. */
enum Precision {
  FLOAT32(OnnxJavaType.FLOAT, "float32"),
  FLOAT16(OnnxJavaType.FLOAT16, "float16");

  final OnnxJavaType type;
  final String text;

  Precision(OnnxJavaType type, String text) {
    this.type = type;
    this.text = text;
  }
}
