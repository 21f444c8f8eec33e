package io.chitra.diffusion.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.chitra.diffusion.DiffusionException;
import java.util.Map;

/**
 * ONNX Runtime on one device. The native library is loaded once a JVM and never unloaded; sessions
 * belong to whoever opens them. Immutable, safe for many threads.
 */
public final class OnnxRuntime {

  /** What a session does with memory between runs. */
  enum Memory {
    KEPT,
    GIVEN_BACK
  }

  private static final OrtSession.SessionOptions.OptLevel OPTIMIZATION =
      OrtSession.SessionOptions.OptLevel.ALL_OPT;

  private final OrtEnvironment environment =
      OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "chitra");
  private final Device device;
  private final int threads;

  /**
   * @param threads that compute one run of a graph on a CPU; they change no bit of its result
   */
  public OnnxRuntime(Device device, int threads) {
    this.device = device;
    this.threads = threads;
  }

  /**
   * Checks that the device is there and that this build of ONNX Runtime can use it.
   *
   * @throws DiffusionException permanent, saying what was found
   */
  public void requireDevice() throws DiffusionException {
    try {
      options().close();
    } catch (OrtException e) {
      throw DiffusionException.permanent(
          "Cannot use device %s: ONNX Runtime %s here has the providers %s, and says: %s"
              .formatted(
                  device,
                  environment.getVersion(),
                  OrtEnvironment.getAvailableProviders(),
                  String.valueOf(e.getMessage()).strip()),
          e);
    }
  }

  /** What the bits of a run depend on, by the names that records carry. */
  public Map<String, String> facts() {
    return Map.of(
        "onnxruntime",
        environment.getVersion(),
        "provider",
        provider().getName(),
        "optimization",
        "all",
        "precision",
        "as exported");
  }

  private OrtProvider provider() {
    return device instanceof Device.Cuda ? OrtProvider.CUDA : OrtProvider.CPU;
  }

  /**
   * Whether kernels are chosen by the batch's size, so that a row's bits hold only in batches of
   * one size.
   */
  boolean bitsDependOnBatchSize() {
    return device instanceof Device.Cuda;
  }

  /**
   * Options of one run, which the caller closes.
   *
   * @param memory what becomes of the memory that runs have had and this one does not need
   */
  OrtSession.RunOptions runOptions(Memory memory) throws OrtException {
    OrtSession.RunOptions options = new OrtSession.RunOptions();
    if (memory == Memory.GIVEN_BACK) {
      String arena = device instanceof Device.Cuda cuda ? "gpu:" + cuda.index() : "cpu:0";
      options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", arena);
    }
    return options;
  }

  OrtEnvironment environment() {
    return environment;
  }

  Session open(GraphSource source) throws OrtException, DiffusionException {
    try (OrtSession.SessionOptions options = options()) {
      return Session.open(environment, options, source);
    }
  }

  private OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    try {
      options.setOptimizationLevel(OPTIMIZATION);
      options.setIntraOpNumThreads(threads);
      // threads that wait by spinning slow down whatever else the machine does, this engine's
      // decoder first
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      if (device instanceof Device.Cuda cuda) {
        addCuda(options, cuda.index());
      }
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  /**
   * Convolutions choose their algorithm by cuDNN's heuristics, never by a race of measured times
   * that could end otherwise next time; float32 is not rounded to TF32.
   */
  private static void addCuda(OrtSession.SessionOptions options, int index) throws OrtException {
    options.setDeterministicCompute(true);
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      cuda.add("use_tf32", "0");
      cuda.add("arena_extend_strategy", "kSameAsRequested");
      options.addCUDA(cuda);
    }
  }

  /**
   * What went wrong in a native call: short of memory is temporary, everything else is the graph's
   * fault.
   */
  static DiffusionException failure(String what, OrtException e) {
    String message = String.valueOf(e.getMessage());
    String text = "Cannot %s: %s".formatted(what, message.strip());
    boolean outOfMemory =
        message.contains("bad_alloc")
            || message.contains("Failed to allocate memory")
            || message.contains("out of memory")
            || message.contains("ALLOC_FAILED");
    return outOfMemory
        ? DiffusionException.outOfMemory(text, e)
        : DiffusionException.permanent(text, e);
  }
}
