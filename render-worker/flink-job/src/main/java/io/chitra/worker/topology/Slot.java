package io.chitra.worker.topology;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.jspecify.annotations.Nullable;

/**
 * What of its TaskManager a render task has to itself: a share of the cores, and a GPU where Flink
 * knows of some (its external resource {@code gpu}). Flink tells each task of all GPUs of the
 * TaskManager; so that no two take the same, this class keeps in mind which are taken in this JVM.
 *
 * <p>Taken from {@link #take} until {@link #close}, by one thread.
 */
final class Slot implements AutoCloseable {

  private static final String RESOURCE = "gpu";
  private static final String INDEX = "index";
  private static final String ANY_GPU = "cuda";

  private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

  private final int cores;
  private final @Nullable Integer gpu;

  private Slot(int cores, @Nullable Integer gpu) {
    this.cores = cores;
    this.gpu = gpu;
  }

  /**
   * @throws IllegalStateException when there are more render tasks than GPUs
   */
  static Slot take(StreamingRuntimeContext context, Configuration options) {
    int slots =
        context
            .getTaskManagerRuntimeInfo()
            .getConfiguration()
            .get(TaskManagerOptions.NUM_TASK_SLOTS);
    int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / slots);
    boolean any = options.get(WorkerOptions.RENDER_DEVICE).equals(ANY_GPU);
    List<Integer> gpus = any ? indexes(context.getExternalResourceInfos(RESOURCE)) : List.of();
    return new Slot(cores, gpus.isEmpty() ? null : takeOneOf(gpus));
  }

  private static List<Integer> indexes(Set<ExternalResourceInfo> gpus) {
    return gpus.stream()
        .flatMap(gpu -> gpu.getProperty(INDEX).stream())
        .map(Integer::valueOf)
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private static int takeOneOf(List<Integer> gpus) {
    return gpus.stream()
        .filter(TAKEN::add)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot render on a GPU: other render tasks have all %d that this TaskManager has (%s); set %s to at most one a GPU, or %s to as many as there are GPUs"
                        .formatted(
                            gpus.size(),
                            gpus,
                            WorkerOptions.RENDER_PARALLELISM.key(),
                            TaskManagerOptions.NUM_TASK_SLOTS.key())));
  }

  /** The options, with what they leave to the slot. */
  Configuration applied(Configuration options) {
    Configuration applied = new Configuration(options);
    if (options.get(WorkerOptions.RENDER_THREADS) == 0) {
      applied.set(WorkerOptions.RENDER_THREADS, cores);
    }
    if (gpu != null) {
      applied.set(WorkerOptions.RENDER_DEVICE, ANY_GPU + ":" + gpu);
    }
    return applied;
  }

  @Override
  public void close() {
    if (gpu != null) {
      TAKEN.remove(gpu);
    }
  }
}
