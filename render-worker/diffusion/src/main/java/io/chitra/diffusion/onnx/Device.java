package io.chitra.diffusion.onnx;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What computes graphs. */
public sealed interface Device {

  Pattern WRITTEN = Pattern.compile("(cpu)|cuda(?::(\\d{1,3}))?");

  /** The processor. */
  record Cpu() implements Device {
    @Override
    public String toString() {
      return "cpu";
    }
  }

  /**
   * An NVIDIA GPU.
   *
   * @param index among those that CUDA shows to this process, from 0
   */
  record Cuda(int index) implements Device {
    @Override
    public String toString() {
      return "cuda:" + index;
    }
  }

  /**
   * Reads {@code cpu}, {@code cuda} (the first) or {@code cuda:N}.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static Device parse(String text) {
    Matcher matcher = WRITTEN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "Cannot use device '%s': cpu, cuda or cuda:N would be right".formatted(text));
    }
    if (matcher.group(1) != null) {
      return new Cpu();
    }
    return new Cuda(matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
  }
}
