/**
 * ONNX graphs as files: read, checked, looked into, and changed before a session is made of them.
 * Knows the parts of the ONNX format that Stable Diffusion exports use, and no runtime.
 */
@NullMarked
package io.chitra.diffusion.graph;

import org.jspecify.annotations.NullMarked;
