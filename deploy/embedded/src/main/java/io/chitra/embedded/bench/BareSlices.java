package io.chitra.embedded.bench;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.BenchReport.Slice;
import io.chitra.cli.machine.BenchReport.Timing;
import io.chitra.diffusion.onnx.Device;
import java.util.ArrayList;
import java.util.List;

/**
 * The bare loop, measured again and again for a short while, so that other sections can be compared
 * to what the machine did just before and just after them. Nothing stays loaded in between. Used by
 * one thread.
 */
final class BareSlices {

  private static final int[] BATCHES = {1, 2, 4};
  private static final int TRIAL_RUNS = 3;

  private final BareLoop.Work work;
  private final Device device;
  private final int pictures;
  private final BenchListener listener;
  private final List<Slice> slices = new ArrayList<>();
  private int batch;

  /**
   * @param pictures that each form makes in a slice
   */
  BareSlices(BareLoop.Work work, Device device, int pictures, BenchListener listener) {
    this.work = work;
    this.device = device;
    this.pictures = pictures;
    this.listener = listener;
  }

  /** Measures one slice. */
  void measure() throws OrtException, InterruptedException {
    Timing defaultThreads;
    listener.begins("bare loop on ONNX Runtime's own threads", pictures);
    try (BareLoop loop = new BareLoop(work, this::defaults)) {
      if (batch == 0) {
        batch = fastestBatch(loop);
      }
      defaultThreads = loop.inBatches(pictures, batch, listener::made);
    }
    if (device instanceof Device.Cuda) {
      slices.add(new Slice(defaultThreads, null));
      return;
    }
    listener.begins("bare loop, one run on each core", pictures);
    try (BareLoop loop = new BareLoop(work, BareSlices::oneThread)) {
      int cores = Runtime.getRuntime().availableProcessors();
      slices.add(new Slice(defaultThreads, loop.sideBySide(pictures, cores, listener::made)));
    }
  }

  /** ONNX Runtime as it comes. */
  private OrtSession.SessionOptions defaults() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    if (device instanceof Device.Cuda cuda) {
      options.addCUDA(cuda.index());
    }
    return options;
  }

  private static OrtSession.SessionOptions oneThread() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    return options;
  }

  private static int fastestBatch(BareLoop loop) throws OrtException {
    int fastest = 0;
    double least = Double.MAX_VALUE;
    for (int candidate : BATCHES) {
      double nanos = loop.stepNanos(candidate, TRIAL_RUNS);
      if (nanos < least) {
        least = nanos;
        fastest = candidate;
      }
    }
    return fastest;
  }

  /** The slices before and after what was measured last. */
  List<Slice> beside() {
    return slices.subList(slices.size() - 2, slices.size());
  }

  BenchReport.BareLoop report() {
    return new BenchReport.BareLoop(batch, slices);
  }
}
