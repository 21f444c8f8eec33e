package io.chitra.embedded.bench;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.embedded.StubbedStack;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.store.StoredObject;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Measures what is around the engine: the worker's topology on an embedded stack, with a renderer
 * that takes no time, against a loop that does nothing but look and put on the same S3 endpoint.
 */
public final class StubBench {

  private static final int WARM_UP_PARTS = 4;

  /** As many as the worker has pictures in flight. */
  private static final int CONCURRENCY = WorkerOptions.RENDER_IN_FLIGHT.defaultValue();

  private StubBench() {}

  /**
   * Blocks for as long as it takes: a stack's start, a warm-up, half of the puts, the job, the
   * other half.
   *
   * @param made is told how many pictures of the job have come
   * @throws MachineException when the stack cannot start, or breaks
   */
  public static StubReport run(StubOptions options, LongConsumer made)
      throws MachineException, InterruptedException {
    int pictures = options.pictures();
    int fileBytes = options.fileBytes();
    int warmUp = 1 + pictures / WARM_UP_PARTS;
    int half = (pictures + 1) / 2;
    try (LocalStack stack =
            StubbedStack.start(
                options.folder(),
                Parts.ofWorker().withRenderers((worker, objects) -> new StubRenderer(fileBytes)));
        ObjectStore store = S3ObjectStore.open(config(stack.addresses()));
        StubJobs jobs = new StubJobs(stack, StubModel.push(store, options.folder()))) {
      jobs.run(warmUp, ignored -> {});
      PutLoop loop = loopLike(store);
      loop.run(warmUp);

      Duration putting = loop.run(half);
      StubJobs.Done job = jobs.run(pictures, made);
      putting = putting.plus(loop.run(half));

      return new StubReport(
          pictures, CONCURRENCY, perSecond(pictures, job.time()), perSecond(2L * half, putting));
    } catch (IOException e) {
      throw new MachineException("Cannot push a model: " + e, e);
    }
  }

  /** A loop that puts what the worker has put. */
  private static PutLoop loopLike(ObjectStore store) {
    String key = store.list("images/").iterator().next();
    StoredObject picture = store.head(key).join().orElseThrow();
    return new PutLoop(store, store.get(key).join(), picture.metadata(), CONCURRENCY);
  }

  static StoreConfig config(StackAddresses stack) {
    return StoreConfig.at(
        stack.s3Endpoint(),
        stack.bucket(),
        new StoreCredentials(stack.accessKey(), stack.secretKey()));
  }

  static double perSecond(long count, Duration time) {
    return count / (time.toNanos() / 1e9);
  }
}
