package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.Environment;
import io.chitra.store.LocalS3;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreCredentials;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.Cancels;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.PlannedImage;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.api.common.externalresource.ExternalResourceDriver;
import org.apache.flink.api.common.externalresource.ExternalResourceDriverFactory;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.plugin.PluginManager;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.security.contexts.NoOpSecurityContextFactory;
import org.apache.flink.runtime.taskexecutor.TaskExecutorResourceUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a Flink whose TaskManager has three slots, and a driver that tells it of two GPUs. */
@Timeout(180)
class SlotTest {

  private static final int SLOTS = 3;
  private static final Set<String> GPUS = Set.of("3", "5");

  @TempDir private static Path bucket;
  @TempDir private static Path folder;

  private static LocalS3 s3;
  private static StandaloneSessionClusterEntrypoint jobManager;
  private static TaskManagerRunner taskManager;

  /** What renderers were opened with: the tasks run in this JVM. */
  private static final Queue<Configuration> OPENED = new ConcurrentLinkedQueue<>();

  /** No task ends before all are open. */
  private static volatile CountDownLatch allOpen = new CountDownLatch(0);

  @BeforeAll
  static void start() throws Exception {
    s3 = LocalS3.start(bucket);
    try (ObjectStore objects = S3ObjectStore.open(s3.config())) {
      objects.ensureBucket().join();
    }
    Configuration cluster = new Configuration();
    cluster.set(JobManagerOptions.ADDRESS, "localhost");
    cluster.set(JobManagerOptions.PORT, 0);
    cluster.set(RestOptions.ADDRESS, "localhost");
    cluster.set(RestOptions.BIND_PORT, "0");
    cluster.set(TaskManagerOptions.HOST, "localhost");
    cluster.set(TaskManagerOptions.NUM_TASK_SLOTS, SLOTS);
    cluster.set(CoreOptions.TMP_DIRS, folder.toString());
    cluster.set(BlobServerOptions.STORAGE_DIRECTORY, folder.toString());
    cluster.set(
        SecurityOptions.SECURITY_CONTEXT_FACTORY_CLASSES,
        List.of(NoOpSecurityContextFactory.class.getName()));
    cluster.setString("external-resources", "gpu");
    cluster.setString("external-resource.gpu.amount", Integer.toString(GPUS.size()));
    cluster.setString("external-resource.gpu.driver-factory.class", TwoGpus.class.getName());
    jobManager = new StandaloneSessionClusterEntrypoint(cluster);
    jobManager.startCluster();
    cluster.set(JobManagerOptions.PORT, jobManager.getRpcPort());
    taskManager =
        new TaskManagerRunner(
            TaskExecutorResourceUtils.adjustForLocalExecution(cluster),
            new DriverPlugin(),
            TaskManagerRunner::createTaskExecutorService);
    taskManager.start();
  }

  @AfterAll
  static void stop() throws Exception {
    taskManager.close();
    jobManager.closeAsync().join();
    s3.close();
  }

  @BeforeEach
  void forget() {
    OPENED.clear();
  }

  @Test
  void eachRenderTaskTakesAnotherGpuAndGivesItBack() throws Exception {
    for (int round = 0; round < 2; round++) {
      OPENED.clear();
      run(2, Map.of("chitra.render.device", "cuda"));
      assertEquals(Set.of("cuda:3", "cuda:5"), opened(WorkerOptions.RENDER_DEVICE));
    }
  }

  @Test
  void moreRenderTasksThanGpusAreAnErrorThatSaysSo() throws Exception {
    Exception failure =
        assertThrows(Exception.class, () -> run(3, Map.of("chitra.render.device", "cuda")));
    String all = ExceptionUtils.stringifyException(failure);
    assertTrue(
        all.contains(
            "Cannot render on a GPU: other render tasks have all 2 that this TaskManager has"
                + " ([3, 5]); set chitra.render.parallelism to at most one a GPU"),
        all);
    run(2, Map.of("chitra.render.device", "cuda"));
    assertEquals(Set.of("cuda:3", "cuda:5"), opened(WorkerOptions.RENDER_DEVICE));
  }

  @Test
  void aDeviceThatIsNamedIsTakenAsItIs() throws Exception {
    run(2, Map.of("chitra.render.device", "cuda:1"));
    assertEquals(Set.of("cuda:1"), opened(WorkerOptions.RENDER_DEVICE));
    run(2, Map.of());
    assertEquals(Set.of("cuda:1", "cpu"), opened(WorkerOptions.RENDER_DEVICE));
  }

  @Test
  void theCoresAreDividedByTheSlotsUnlessThreadsAreNamed() throws Exception {
    run(1, Map.of());
    int cores = Runtime.getRuntime().availableProcessors();
    assertEquals(Set.of(Math.max(1, cores / SLOTS)), opened(WorkerOptions.RENDER_THREADS));
    run(1, Map.of("chitra.render.threads", "7"));
    assertTrue(opened(WorkerOptions.RENDER_THREADS).contains(7));
  }

  private static <T> Set<T> opened(ConfigOption<T> option) {
    return OPENED.stream().map(options -> options.get(option)).collect(Collectors.toSet());
  }

  /** Runs render tasks until all of them are open. */
  private static void run(int tasks, Map<String, String> more) throws Exception {
    allOpen = new CountDownLatch(tasks);
    Configuration options = WorkerOptions.parse(more);
    options.set(WorkerOptions.S3_ENDPOINT, String.valueOf(s3.config().endpoint()));
    options.set(WorkerOptions.S3_BUCKET, s3.config().bucket());
    StoreCredentials keys = requireNonNull(s3.config().credentials());
    options.set(WorkerOptions.S3_ACCESS_KEY, keys.accessKey());
    options.set(WorkerOptions.S3_SECRET_KEY, keys.secretKey());
    Configuration client = new Configuration();
    client.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment(
            "localhost", jobManager.getRestPort(), client);
    AsyncDataStream.unorderedWait(
            env.fromCollection(List.of(), TypeInformation.of(PlannedImage.class)).rebalance(),
            new RenderFunction(
                options,
                Parts.ofWorker().withRenderers((given, objects) -> opened(given)),
                given -> new NoNotes(),
                (given, reader, objects) -> new NoCancels(),
                "slots"),
            0,
            TimeUnit.MILLISECONDS,
            1)
        .setParallelism(tasks)
        .sinkTo(new DiscardingSink<>())
        .setParallelism(1);
    env.execute();
  }

  private static Renderer opened(Configuration options) {
    OPENED.add(options);
    allOpen.countDown();
    try {
      allOpen.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("Cannot wait: another task has failed", e);
    }
    return new NoRenderer();
  }

  /** Is given nothing to note. */
  private static final class NoNotes implements AttemptNotes {
    @Override
    public Map<String, String> found() {
      return Map.of();
    }

    @Override
    public CompletableFuture<Void> started(String task, String attempt) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> ended(String task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static final class NoCancels implements CancelFeed {
    @Override
    public Cancels cancels() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void follow(Runnable changed) {}

    @Override
    public void close() {}
  }

  /** Is asked for nothing. */
  private static final class NoRenderer implements Renderer {
    @Override
    public CompletableFuture<RenderedPicture> render(ImageTask task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Truncation> truncation(ImageTask task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int pixelVersion() {
      return 1;
    }

    @Override
    public Environment environment() {
      return new Environment(Map.of());
    }

    @Override
    public void close() {}
  }

  /** Flink looks for drivers in its plugins. */
  private static final class DriverPlugin implements PluginManager {
    @Override
    public <P> Iterator<P> load(Class<P> service) {
      return service == ExternalResourceDriverFactory.class
          ? List.of(service.cast(new TwoGpus())).iterator()
          : List.<P>of().iterator();
    }
  }

  private static final class TwoGpus implements ExternalResourceDriverFactory {
    @Override
    public ExternalResourceDriver createExternalResourceDriver(Configuration config) {
      return amount -> GPUS.stream().map(Gpu::new).collect(Collectors.toSet());
    }
  }

  private record Gpu(String index) implements ExternalResourceInfo {
    @Override
    public Optional<String> getProperty(String key) {
      return key.equals("index") ? Optional.of(index) : Optional.empty();
    }

    @Override
    public Collection<String> getKeys() {
      return Set.of("index");
    }
  }
}
