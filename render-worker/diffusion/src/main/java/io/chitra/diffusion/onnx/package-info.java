/**
 * ONNX Runtime: sessions, tensors, and the three graphs of a model. The only package that imports
 * it.
 */
@NullMarked
package io.chitra.diffusion.onnx;

import org.jspecify.annotations.NullMarked;
