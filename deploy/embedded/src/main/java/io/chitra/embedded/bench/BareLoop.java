package io.chitra.embedded.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.cli.machine.BenchReport.Timing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * ONNX Runtime over a model's graphs as they were exported, with nothing of the engine: for each
 * batch of pictures the text encoders once for each prompt, the UNet as often as there are steps,
 * the VAE's decoder. The graphs get random values in the shapes that they declare, since the values
 * do not change the time.
 *
 * <p>Owns its sessions until closed. Used by one thread; its runs may be on threads of its own.
 */
final class BareLoop implements AutoCloseable {

  private static final List<String> TEXT_ENCODERS = List.of("text_encoder", "text_encoder_2");
  private static final String GUIDANCE_INPUT = "timestep_cond";

  /**
   * What pictures ask of the graphs.
   *
   * @param rows of each picture in a run of the UNet; one where that takes the guidance as an input
   */
  record Work(Path model, int latentHeight, int latentWidth, int steps, int rows) {}

  /** How sessions are made; whoever asks closes the options. */
  interface Form {
    OrtSession.SessionOptions options() throws OrtException;
  }

  private final Work work;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final Deque<OrtSession> opened = new ArrayDeque<>();
  private final List<OrtSession> textEncoders = new ArrayList<>();
  private final OrtSession unet;
  private final OrtSession vaeDecoder;
  private final int rows;

  /** Loads the graphs; when one cannot be loaded, those before it are closed. */
  BareLoop(Work work, Form form) throws OrtException {
    this.work = work;
    try (OrtSession.SessionOptions options = form.options()) {
      for (String part : TEXT_ENCODERS) {
        if (Files.isDirectory(work.model().resolve(part))) {
          textEncoders.add(open(part, options));
        }
      }
      unet = open("unet", options);
      rows = unet.getInputNames().contains(GUIDANCE_INPUT) ? 1 : work.rows();
      vaeDecoder = open("vae_decoder", options);
    } catch (OrtException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private OrtSession open(String part, OrtSession.SessionOptions options) throws OrtException {
    Path graph = work.model().resolve(part).resolve("model.onnx");
    OrtSession session = environment.createSession(graph.toString(), options);
    opened.push(session);
    return session;
  }

  /** The nanoseconds of a step of a batch, for each of its pictures: the best of so many runs. */
  double stepNanos(int pictures, int runs) throws OrtException {
    long best = Long.MAX_VALUE;
    try (GraphInputs inputs = inputs(unet, pictures * rows)) {
      for (int i = 0; i < runs; i++) {
        long start = System.nanoTime();
        inputs.run();
        best = Math.min(best, System.nanoTime() - start);
      }
    }
    return (double) best / pictures;
  }

  /** Makes pictures in batches, one batch after the other: as many as asked for, or a few more. */
  Timing inBatches(int pictures, int batch, LongConsumer made) throws OrtException {
    stepNanos(batch, 1);
    int done = 0;
    long start = System.nanoTime();
    while (done < pictures) {
      make(batch);
      done += batch;
      made.accept(done);
    }
    return timing(done, start);
  }

  /** Makes pictures singly, so many side by side: as many as asked for, or a few more. */
  Timing sideBySide(int pictures, int threads, LongConsumer made)
      throws OrtException, InterruptedException {
    stepNanos(1, 1);
    int rounded = (pictures + threads - 1) / threads * threads;
    ExecutorService lanes = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < rounded; i++) {
        running.add(
            lanes.submit(
                () -> {
                  make(1);
                  return null;
                }));
      }
      int done = 0;
      for (Future<?> picture : running) {
        picture.get();
        made.accept(++done);
      }
      return timing(done, start);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OrtException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } finally {
      finish(lanes);
    }
  }

  /** Sessions may not be closed before the last run has ended. */
  private static void finish(ExecutorService lanes) throws InterruptedException {
    lanes.shutdownNow();
    if (!lanes.awaitTermination(1, TimeUnit.HOURS)) {
      throw new IllegalStateException("A run of ONNX Runtime does not end");
    }
  }

  private static Timing timing(int pictures, long startNanos) {
    return new Timing(pictures, (System.nanoTime() - startNanos) / 1e9);
  }

  private void make(int pictures) throws OrtException {
    for (OrtSession encoder : textEncoders) {
      try (GraphInputs prompt = inputs(encoder, 1)) {
        for (int i = 0; i < rows; i++) {
          prompt.run();
        }
      }
    }
    try (GraphInputs batch = inputs(unet, pictures * rows)) {
      for (int i = 0; i < work.steps(); i++) {
        batch.run();
      }
    }
    try (GraphInputs latents = inputs(vaeDecoder, pictures)) {
      latents.run();
    }
  }

  private GraphInputs inputs(OrtSession session, int batch) throws OrtException {
    return GraphInputs.of(environment, session, batch, work.latentHeight(), work.latentWidth());
  }

  @Override
  public void close() throws OrtException {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
