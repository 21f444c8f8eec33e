package io.chitra.worker.topology;

import io.chitra.diffusion.EngineStats;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a render task tells Flink's metrics. The table in docs/operations.md says what each one
 * means. Safe for use by several threads.
 */
final class RenderMetrics {

  /** The group of all of the worker's metrics. */
  static final String GROUP = "chitra";

  /** A histogram tells of so many of the newest values. */
  private static final int WINDOW = 1000;

  private static final double MILLIS_IN_A_NANO = 1e-6;

  /** Enough of a model's digest to know it by. */
  private static final int DIGEST_CHARACTERS = 12;

  private final MetricGroup group;
  private final Counter pictures;
  private final Counter found;
  private final Counter retries;
  private final Counter deadLetters;
  private final Counter cancelled;
  private final Counter bytes;
  private final Counter storeFailures;
  private final Counter givenUp;
  private final Histogram headMillis;
  private final Histogram putMillis;
  private final Map<String, ModelMetrics> models = new ConcurrentHashMap<>();

  private record ModelMetrics(Counter pictures, Histogram renderMillis) {}

  /**
   * @param operator the operator's own group
   */
  RenderMetrics(MetricGroup operator) {
    group = operator.addGroup(GROUP);
    pictures = counter(group, "pictures");
    group.meter("picturesPerSecond", new MeterView(pictures));
    found = counter(group, "found");
    retries = counter(group, "retries");
    deadLetters = counter(group, "deadLetters");
    cancelled = counter(group, "cancelled");
    bytes = counter(group, "bytes");
    storeFailures = counter(group, "storeFailures");
    givenUp = counter(group, "givenUp");
    headMillis = histogram(group, "headMillis");
    putMillis = histogram(group, "putMillis");
  }

  private static Counter counter(MetricGroup group, String name) {
    return group.counter(name, new ThreadSafeSimpleCounter());
  }

  private static Histogram histogram(MetricGroup group, String name) {
    return group.histogram(name, new DescriptiveStatisticsHistogram(WINDOW));
  }

  /** Shows what an engine does from now on. */
  void watch(Supplier<EngineStats> engine) {
    MetricGroup shown = group.addGroup("engine");
    gauge(shown, "pictures", engine, EngineStats::pictures);
    gauge(shown, "failures", engine, EngineStats::failures);
    gauge(shown, "preparing", engine, EngineStats::preparing);
    gauge(shown, "waiting", engine, EngineStats::waiting);
    gauge(shown, "denoising", engine, EngineStats::denoising);
    gauge(shown, "decoding", engine, EngineStats::decoding);
    gauge(shown, "rows", engine, EngineStats::rows);
    gauge(shown, "runs", engine, EngineStats::runs);
    shown.gauge("rowsBusy", new RecentRatio(engine, EngineStats::rowsRun, EngineStats::runs, 1));
    shown.gauge(
        "stepMillis",
        new RecentRatio(engine, EngineStats::runNanos, EngineStats::runs, MILLIS_IN_A_NANO));
    gauge(shown, "promptHits", engine, EngineStats::promptHits);
    gauge(shown, "promptMisses", engine, EngineStats::promptMisses);
    gauge(shown, "modelLoads", engine, EngineStats::modelLoads);
    gauge(shown, "modelCloses", engine, EngineStats::modelCloses);
    gauge(shown, "outOfMemory", engine, EngineStats::outOfMemory);
  }

  /** Shows how many suspects wait or run from now on. */
  void watchSuspects(Supplier<Integer> suspects) {
    group.<Integer, Gauge<Integer>>gauge("suspects", suspects::get);
  }

  private static void gauge(
      MetricGroup group,
      String name,
      Supplier<EngineStats> engine,
      ToLongFunction<EngineStats> value) {
    group.<Long, Gauge<Long>>gauge(name, () -> value.applyAsLong(engine.get()));
  }

  /** The request, with the time of its answer taken. */
  <T> CompletableFuture<T> head(Supplier<CompletableFuture<T>> request) {
    return timed(headMillis, request);
  }

  /** Likewise, of a put. */
  <T> CompletableFuture<T> put(Supplier<CompletableFuture<T>> request) {
    return timed(putMillis, request);
  }

  private <T> CompletableFuture<T> timed(Histogram millis, Supplier<CompletableFuture<T>> request) {
    long start = System.nanoTime();
    return request
        .get()
        .whenComplete(
            (answer, failure) ->
                millis.update(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
  }

  /** A picture was there already. */
  void found() {
    found.inc();
  }

  /** A picture has come out of the renderer. */
  void rendered(ImageTask task, RenderedPicture picture) {
    ModelMetrics model = models.computeIfAbsent(task.modelDigest(), this::model);
    model.pictures().inc();
    model.renderMillis().update(picture.renderMillis());
    bytes.inc(picture.file().length);
  }

  private ModelMetrics model(String digest) {
    MetricGroup model = group.addGroup("model", digest.substring(0, DIGEST_CHARACTERS));
    return new ModelMetrics(counter(model, "pictures"), histogram(model, "renderMillis"));
  }

  /** The store did not do what it was asked, its client's retries included. */
  void storeFailed() {
    storeFailures.inc();
  }

  /** A picture is tried once more. */
  void retried() {
    retries.inc();
  }

  /** A picture has its record. */
  void recorded() {
    pictures.inc();
  }

  /** A picture that kills the worker is not tried any more. */
  void gaveUp() {
    givenUp.inc();
  }

  /** A picture has its dead letter. */
  void refused() {
    deadLetters.inc();
  }

  /** A picture has been cancelled, waiting or running. */
  void cancelled() {
    cancelled.inc();
  }
}
