package io.chitra.embedded.bench;

import io.chitra.cli.export.Export;
import io.chitra.cli.export.Export.Step;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.ExportSettings;
import io.chitra.cli.machine.ExportSettings.Stage;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.plan.ExportRequest;
import io.chitra.dataset.plan.Pieces;
import io.chitra.dataset.plan.Plan;
import io.chitra.dataset.plan.ShardSettings;
import io.chitra.dataset.plan.SplitSettings;
import io.chitra.dataset.target.Target;
import io.chitra.dataset.target.Targets;
import io.chitra.embedded.LocalExport;
import io.chitra.embedded.StubbedStack;
import io.chitra.job.JobRules;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.WorkerOptions;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Measures packing: a dataset of stub pictures on an embedded stack goes to a folder as WebDataset,
 * beside a loop that only fetches the same objects from the same S3 endpoint.
 */
final class ExportBench {

  /** As many as packing has on their way. */
  private static final int CONCURRENCY =
      Runtime.getRuntime().availableProcessors() * WorkerOptions.EXPORT_IN_FLIGHT.defaultValue();

  private ExportBench() {}

  /**
   * Blocks for as long as it takes: a stack's start, the pictures, all of them fetched, packed, and
   * fetched once more.
   *
   * @param made is told how many pictures there are
   * @throws Exception when something breaks, with a message for a person
   */
  static BenchReport.Export run(StubOptions options, LongConsumer made) throws Exception {
    int pictures = options.pictures();
    int fileBytes = options.fileBytes();
    try (LocalStack stack =
            StubbedStack.start(
                options.folder(),
                Parts.ofWorker().withRenderers((worker, objects) -> new StubRenderer(fileBytes)));
        ObjectStore store = S3ObjectStore.open(StubBench.config(stack.addresses()));
        StubJobs jobs = new StubJobs(stack, StubModel.push(store, options.folder()))) {
      jobs.run(pictures, made);
      Path to = options.folder().resolve("packed");
      Path scratch = options.folder().resolve("scratch");
      plan(stack.addresses(), store, to, scratch);

      List<String> keys = new ArrayList<>();
      store.list("images/").forEach(keys::add);
      Duration getting = gets(store, keys);
      heap().forEach(MemoryPoolMXBean::resetPeakUsage);
      Duration packing = pack(stack.addresses(), to, scratch);
      long peakHeap = heap().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
      getting = getting.plus(gets(store, keys));

      return new BenchReport.Export(
          pictures,
          StubBench.perSecond(pictures, packing),
          StubBench.perSecond(2L * pictures, getting),
          CONCURRENCY,
          peakHeap);
    }
  }

  private static void plan(StackAddresses stack, ObjectStore store, Path to, Path scratch)
      throws Exception {
    ExportRequest request =
        new ExportRequest(
            JobRules.DEFAULT_DATASET,
            PackFormat.WEBDATASET,
            null,
            null,
            SplitSettings.none(),
            null,
            new ShardSettings(PackFormat.WEBDATASET.mostRows(), ShardSettings.DEFAULT_BYTES),
            null);
    try (Target target = Targets.open(to.toString(), StubBench.config(stack))) {
      new Export(
              request,
              new Export.Options("bench", Set.of(), Step.PLAN),
              target,
              new KafkaCluster(stack.kafka(), Map.of()),
              store,
              scratch,
              new Planning())
          .run();
    }
  }

  private static Duration pack(StackAddresses stack, Path to, Path scratch)
      throws MachineException, InterruptedException {
    StoreConfig config = StubBench.config(stack);
    return LocalExport.run(
        new ExportSettings(
            Stage.PACK,
            Map.of(
                "chitra.s3.endpoint", stack.s3Endpoint().toString(),
                "chitra.s3.bucket", config.bucket(),
                "chitra.s3.access-key", stack.accessKey(),
                "chitra.s3.secret-key", stack.secretKey(),
                "chitra.export.target", to.toString(),
                "chitra.export.directory", scratch.toString())),
        (pictures, bytes) -> {});
  }

  /** How long it takes to fetch all pictures. */
  private static Duration gets(ObjectStore store, List<String> keys) {
    Iterator<String> next = keys.iterator();
    long start = System.nanoTime();
    CompletableFuture.allOf(
            Stream.generate(() -> chain(store, next))
                .limit(CONCURRENCY)
                .toArray(CompletableFuture[]::new))
        .join();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static CompletableFuture<Void> chain(ObjectStore store, Iterator<String> keys) {
    String key;
    synchronized (keys) {
      if (!keys.hasNext()) {
        return CompletableFuture.completedFuture(null);
      }
      key = keys.next();
    }
    return store.get(key).thenCompose(bytes -> chain(store, keys));
  }

  private static Stream<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP);
  }

  /** Does not look and does not pack: the export ends with its plan. */
  private static final class Planning implements Export.Listener {
    @Override
    public void read(long done, long total) {}

    @Override
    public void planned(long rows, long of) {}

    @Override
    public void look(Pieces pieces) {}

    @Override
    public void pack(Plan plan) {}
  }
}
