package io.chitra.diffusion.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.chitra.diffusion.DiffusionException;
import java.util.Map;

/**
 * ONNX Runtime on the CPU. The native library is loaded once a JVM and never unloaded; sessions
 * belong to whoever opens them. Immutable, safe for many threads.
 */
public final class OnnxRuntime {

  private static final OrtSession.SessionOptions.OptLevel OPTIMIZATION =
      OrtSession.SessionOptions.OptLevel.ALL_OPT;

  private final OrtEnvironment environment =
      OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "chitra");
  private final int threads;

  /**
   * @param threads that compute one run of a graph; they change no bit of its result
   */
  public OnnxRuntime(int threads) {
    this.threads = threads;
  }

  /** What the bits of a run depend on, by the names that records carry. */
  public Map<String, String> facts() {
    return Map.of(
        "onnxruntime", environment.getVersion(),
        "provider", "CPUExecutionProvider",
        "optimization", "all",
        "precision", "as exported");
  }

  OrtEnvironment environment() {
    return environment;
  }

  OrtSession open(String file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OPTIMIZATION);
      options.setIntraOpNumThreads(threads);
      // threads that wait by spinning slow down whatever else the machine does, this engine's
      // decoder first
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      return environment.createSession(file, options);
    }
  }

  /**
   * What went wrong in a native call: short of memory is temporary, everything else is the graph's
   * fault.
   */
  static DiffusionException failure(String what, OrtException e) {
    String message = String.valueOf(e.getMessage());
    String text = "Cannot %s: %s".formatted(what, message.strip());
    return message.contains("bad_alloc") || message.contains("Failed to allocate memory")
        ? DiffusionException.temporary(text, e)
        : DiffusionException.permanent(text, e);
  }
}
