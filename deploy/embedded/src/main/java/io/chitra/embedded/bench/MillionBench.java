package io.chitra.embedded.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.embedded.StubbedStack;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.worker.topology.Checkpoints;
import io.chitra.worker.topology.ObjectStoreFactory;
import io.chitra.worker.topology.Parts;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Runs a job of very many pictures, to see that it needs no more memory than a small one and that
 * checkpoints stay short: the worker's topology on an embedded stack, with a renderer and a store
 * that take no time.
 */
public final class MillionBench {

  private MillionBench() {}

  /**
   * Blocks for as long as it takes.
   *
   * @param made is told how many records of the job have come
   * @throws MachineException when the stack cannot start, or breaks
   */
  public static MillionReport run(StubOptions options, LongConsumer made)
      throws MachineException, InterruptedException {
    int fileBytes = options.fileBytes();
    ObjectStoreFactory s3 = ObjectStoreFactory.s3();
    try (LocalStack stack =
            StubbedStack.start(
                options.folder(),
                Parts.ofWorker()
                    .withRenderers((worker, objects) -> new StubRenderer(fileBytes))
                    .withStores(worker -> new MillionStore(s3.open(worker))));
        ObjectStore store = S3ObjectStore.open(StubBench.config(stack.addresses()));
        StubJobs jobs = new StubJobs(stack, StubModel.push(store, options.folder()))) {
      heap().forEach(MemoryPoolMXBean::resetPeakUsage);
      StubJobs.Done job = jobs.run(options.pictures(), made);
      JsonNode checkpoints = checkpoints(stack.addresses().flinkUi());
      return new MillionReport(
          options.pictures(),
          job.records(),
          StubBench.perSecond(options.pictures(), job.time()),
          checkpoints.at("/counts/completed").intValue(),
          checkpoints.at("/counts/failed").intValue(),
          Duration.ofMillis(checkpoints.at("/summary/end_to_end_duration/max").longValue()),
          heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum());
    } catch (IOException e) {
      throw new MachineException("Cannot measure: " + e, e);
    }
  }

  /** What Flink's page knows of the job's checkpoints. */
  private static JsonNode checkpoints(URI flink) throws IOException {
    URI page = flink.resolve("/jobs/" + Checkpoints.JOB_ID + "/checkpoints");
    try (InputStream json = page.toURL().openStream()) {
      return new ObjectMapper().readTree(json);
    }
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }
}
