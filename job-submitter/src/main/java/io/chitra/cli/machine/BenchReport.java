package io.chitra.cli.machine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark measured. Sections that were not asked for are null; everything that can be
 * worked out from other figures is.
 *
 * @param machine facts about it, by name
 * @param environment what the pictures' bits depend on, by name
 * @param width of the pictures, in pixels
 * @param height of the pictures, in pixels
 * @param peakMemoryBytes the most memory that this process has had, native memory included; null
 *     where the system does not tell
 * @param peakHeapBytes at most so much of it was Java's heap
 */
public record BenchReport(
    Instant startedAt,
    Map<String, String> machine,
    Map<String, String> environment,
    int width,
    int height,
    @Nullable BareLoop bareLoop,
    @Nullable EngineAlone engine,
    @Nullable Pipeline pipeline,
    @Nullable Mixed mixed,
    @Nullable Stub stub,
    @Nullable Million million,
    @Nullable Export export,
    @Nullable Long peakMemoryBytes,
    long peakHeapBytes) {

  /** Pictures, and the time that they took together. */
  public record Timing(long pictures, double seconds) {

    public double perSecond() {
      return pictures / seconds;
    }

    Timing plus(Timing other) {
      return new Timing(pictures + other.pictures, seconds + other.seconds);
    }
  }

  /**
   * The bare loop for a short while, in both of its forms.
   *
   * @param defaultThreads batches on ONNX Runtime's own threads
   * @param runACore one run on each core, side by side; null on a GPU
   */
  public record Slice(Timing defaultThreads, @Nullable Timing runACore) {}

  /**
   * The bare loop over the whole benchmark: in slices before, between and after the other sections.
   *
   * @param batch pictures a run on ONNX Runtime's own threads, the best of a short trial
   */
  public record BareLoop(int batch, List<Slice> slices) {

    public BareLoop {
      slices = List.copyOf(slices);
    }

    public Timing defaultThreads() {
      return sum(slices, Slice::defaultThreads).orElseThrow();
    }

    /** Empty on a GPU. */
    public Optional<Timing> runACore() {
      return sum(slices, Slice::runACore);
    }

    /** Pictures a second of the faster form. */
    public double perSecond() {
      return faster(slices);
    }

    private static double faster(List<Slice> slices) {
      double defaultThreads = sum(slices, Slice::defaultThreads).orElseThrow().perSecond();
      return sum(slices, Slice::runACore)
          .map(runACore -> Math.max(runACore.perSecond(), defaultThreads))
          .orElse(defaultThreads);
    }

    private static Optional<Timing> sum(
        List<Slice> slices, Function<Slice, @Nullable Timing> form) {
      return slices.stream()
          .flatMap(slice -> Optional.ofNullable(form.apply(slice)).stream())
          .reduce(Timing::plus);
    }
  }

  /**
   * The engine without anything around it.
   *
   * @param rowOccupancy the share of the batch's rows that pictures had, 0 to 1
   * @param promptCacheHitRate the share of prompts that were not encoded again, 0 to 1
   * @param beside the slices of the bare loop next to it, empty where that was not measured
   */
  public record EngineAlone(
      Timing timing, double rowOccupancy, double promptCacheHitRate, List<Slice> beside) {

    public EngineAlone {
      beside = List.copyOf(beside);
    }

    /** Its pictures a second over those of the bare loop next to it. */
    public OptionalDouble ratio() {
      return BenchReport.ratio(timing, beside);
    }
  }

  /**
   * The whole of it, from sending a job to the last record that a reader of committed records sees.
   *
   * @param secondsToFirstPicture from sending a first job of one picture to its object, with
   *     nothing loaded
   * @param beside the slices of the bare loop next to it, empty where that was not measured
   */
  public record Pipeline(Timing timing, double secondsToFirstPicture, List<Slice> beside) {

    public Pipeline {
      beside = List.copyOf(beside);
    }

    /** Its pictures a second over those of the bare loop next to it. */
    public OptionalDouble ratio() {
      return BenchReport.ratio(timing, beside);
    }
  }

  private static OptionalDouble ratio(Timing timing, List<Slice> beside) {
    return beside.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(timing.perSecond() / BareLoop.faster(beside));
  }

  /**
   * One list of mixed requests, made in two ways of batching.
   *
   * @param rows of the batch
   * @param continuous pictures leave and enter between steps
   * @param whole a batch takes new pictures only when all of its pictures are done
   * @param rowOccupancy of continuous batches while pictures wait for rows, 0 to 1
   * @param wholeRowOccupancy likewise of whole batches
   */
  public record Mixed(
      int rows, Timing continuous, Timing whole, double rowOccupancy, double wholeRowOccupancy) {

    /** Pictures a second in continuous batches over those in whole ones. */
    public double ratio() {
      return continuous.perSecond() / whole.perSecond();
    }
  }

  /**
   * The pipeline with a renderer that only makes a small constant file, and what is left when
   * Kafka, plan and records are left out.
   *
   * @param pictures of the job
   * @param picturesPerSecond from sending the job to its last record
   * @param putsPerSecond of a loop of looking for an object and putting it on the same store
   * @param concurrency of that loop: pictures that the pipeline has in flight
   */
  public record Stub(
      long pictures, double picturesPerSecond, double putsPerSecond, int concurrency) {

    /** The pipeline's pictures a second over the loop's objects. */
    public double ratio() {
      return picturesPerSecond / putsPerSecond;
    }
  }

  /**
   * Packing a dataset to a folder, and what is left when pictures are only fetched.
   *
   * @param pictures of the dataset
   * @param picturesPerSecond packed, from the start of the Flink job to its end
   * @param getsPerSecond of a loop that fetches the same objects from the same store
   * @param concurrency of that loop: pictures that packing has on their way
   * @param peakHeapBytes of Java's heap while it packed, at most; broker and store are in it
   */
  public record Export(
      long pictures,
      double picturesPerSecond,
      double getsPerSecond,
      int concurrency,
      long peakHeapBytes) {

    /** Pictures packed a second over the loop's objects. */
    public double ratio() {
      return picturesPerSecond / getsPerSecond;
    }
  }

  /**
   * A job of very many pictures that are neither rendered nor stored.
   *
   * @param pictures of the job
   * @param records that it led to
   * @param checkpoints that Flink completed meanwhile
   * @param failedCheckpoints that it did not
   * @param longestCheckpointSeconds the longest of them
   * @param peakHeapBytes of Java's heap, at most
   */
  public record Million(
      long pictures,
      long records,
      double picturesPerSecond,
      int checkpoints,
      int failedCheckpoints,
      double longestCheckpointSeconds,
      long peakHeapBytes) {}
}
