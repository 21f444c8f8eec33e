package io.chitra.cli;

import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.BenchReport.BareLoop;
import io.chitra.cli.machine.BenchReport.EngineAlone;
import io.chitra.cli.machine.BenchReport.Export;
import io.chitra.cli.machine.BenchReport.Million;
import io.chitra.cli.machine.BenchReport.Mixed;
import io.chitra.cli.machine.BenchReport.Pipeline;
import io.chitra.cli.machine.BenchReport.Slice;
import io.chitra.cli.machine.BenchReport.Stub;
import io.chitra.cli.machine.BenchReport.Timing;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.TextTable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A benchmark's report, for people and for scripts. */
record BenchSummary(BenchOptions options, BenchReport report) {

  /** At most 80 columns wide, whatever was measured. */
  void print(Console console) {
    console.out().println(machine());
    console.out().println(versions());
    console.out().println(task());
    console.out().println();
    console.print(rates());
    console.out().println();
    console.printUncut(figures());
    if (compared()) {
      console
          .out()
          .println("Each section is compared to the bare loop just before and just after it.");
    }
  }

  private String machine() {
    return "%s, %s cores".formatted(report.machine().get("cpu"), report.machine().get("cores"));
  }

  private String versions() {
    return "Java %s, ONNX Runtime %s"
        .formatted(report.machine().get("java"), report.environment().get("onnxruntime"));
  }

  private String task() {
    return "%s: %d x %d, %d steps, guidance %s, %d rows, %s"
        .formatted(
            options.model().getFileName(),
            report.width(),
            report.height(),
            options.steps(),
            number("%.4g", options.guidance()).replaceFirst("\\.?0+$", ""),
            options.rows(),
            options.device());
  }

  private TextTable rates() {
    TextTable table = new TextTable("measured", "pictures", "a second", "s each", "of bare");
    BareLoop bare = report.bareLoop();
    if (bare != null) {
      row(
          table,
          "bare loop, batches of " + bare.batch(),
          bare.defaultThreads(),
          OptionalDouble.empty());
      bare.runACore()
          .ifPresent(
              timing -> row(table, "bare loop, one run a core", timing, OptionalDouble.empty()));
    }
    EngineAlone engine = report.engine();
    if (engine != null) {
      row(table, "engine alone", engine.timing(), engine.ratio());
    }
    Pipeline pipeline = report.pipeline();
    if (pipeline != null) {
      row(table, "pipeline", pipeline.timing(), pipeline.ratio());
    }
    Mixed mixed = report.mixed();
    if (mixed != null) {
      row(table, "mixed, continuous batches", mixed.continuous(), OptionalDouble.empty());
      row(table, "mixed, whole batches", mixed.whole(), OptionalDouble.empty());
    }
    Stub stub = report.stub();
    if (stub != null) {
      row(table, "put loop", stub.pictures(), stub.putsPerSecond(), OptionalDouble.empty());
      row(
          table,
          "pipeline, renders nothing",
          stub.pictures(),
          stub.picturesPerSecond(),
          OptionalDouble.empty());
    }
    Million million = report.million();
    if (million != null) {
      row(
          table,
          "pipeline, stores nothing",
          million.pictures(),
          million.picturesPerSecond(),
          OptionalDouble.empty());
    }
    Export export = report.export();
    if (export != null) {
      row(table, "get loop", export.pictures(), export.getsPerSecond(), OptionalDouble.empty());
      row(table, "export", export.pictures(), export.picturesPerSecond(), OptionalDouble.empty());
    }
    return table;
  }

  private static void row(TextTable table, String name, Timing timing, OptionalDouble ratio) {
    row(table, name, timing.pictures(), timing.perSecond(), ratio);
  }

  private static void row(
      TextTable table, String name, long pictures, double perSecond, OptionalDouble ratio) {
    table.row(
        name,
        pictures,
        number("%8.3f", perSecond),
        number("%8.4f", 1 / perSecond),
        ratio.isPresent() ? percent(ratio.getAsDouble()) : "      -");
  }

  private TextTable figures() {
    TextTable table = new TextTable();
    EngineAlone engine = report.engine();
    if (engine != null) {
      table.row("engine, rows busy", percent(engine.rowOccupancy()));
      table.row("engine, prompts found in the cache", percent(engine.promptCacheHitRate()));
    }
    Pipeline pipeline = report.pipeline();
    if (pipeline != null) {
      table.row(
          "pipeline, from a job to the first picture",
          number("%5.1f s", pipeline.secondsToFirstPicture()));
    }
    Mixed mixed = report.mixed();
    if (mixed != null) {
      table.row(
          "mixed, %d rows busy, continuous".formatted(mixed.rows()), percent(mixed.rowOccupancy()));
      table.row(
          "mixed, %d rows busy, whole".formatted(mixed.rows()), percent(mixed.wholeRowOccupancy()));
      table.row("mixed, continuous over whole", number("%5.2f", mixed.ratio()));
    }
    Stub stub = report.stub();
    if (stub != null) {
      table.row("renders nothing, of the put loop", percent(stub.ratio()));
    }
    Million million = report.million();
    if (million != null) {
      table.row("stores nothing, records", " " + Humans.count(million.records()));
      table.row(
          "stores nothing, checkpoints",
          " %d, %d failed".formatted(million.checkpoints(), million.failedCheckpoints()));
      table.row(
          "stores nothing, longest checkpoint",
          number("%5.1f s", million.longestCheckpointSeconds()));
      table.row("stores nothing, heap at most", " " + Humans.bytes(million.peakHeapBytes()));
    }
    Export export = report.export();
    if (export != null) {
      table.row("export, of the get loop", percent(export.ratio()));
      table.row("export, heap at most", " " + Humans.bytes(export.peakHeapBytes()));
    }
    Long peak = report.peakMemoryBytes();
    table.row("memory of this process at most", peak == null ? "not known" : Humans.bytes(peak));
    table.row("of it Java's heap", Humans.bytes(report.peakHeapBytes()));
    return table;
  }

  private boolean compared() {
    return report.bareLoop() != null && (report.engine() != null || report.pipeline() != null);
  }

  private static String percent(double share) {
    return number("%5.1f %%", 100 * share);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("started_at", report.startedAt().toString());
    json.put("machine", report.machine());
    json.put("environment", report.environment());
    json.put("options", optionsJson());
    BareLoop bare = report.bareLoop();
    if (bare != null) {
      json.put("bare_loop_pictures_per_s", bare.perSecond());
      json.put("bare_loop_default_threads_pictures_per_s", bare.defaultThreads().perSecond());
      json.put("bare_loop_default_threads_batch", bare.batch());
      json.put(
          "bare_loop_run_a_core_pictures_per_s",
          bare.runACore().map(Timing::perSecond).orElse(null));
      json.put("bare_loop_slices", bare.slices().stream().map(BenchSummary::slice).toList());
    }
    EngineAlone engine = report.engine();
    if (engine != null) {
      json.put("engine_pictures", engine.timing().pictures());
      json.put("engine_pictures_per_s", engine.timing().perSecond());
      json.put("engine_ratio", orNull(engine.ratio()));
      json.put("row_occupancy", engine.rowOccupancy());
      json.put("prompt_cache_hit_rate", engine.promptCacheHitRate());
    }
    Pipeline pipeline = report.pipeline();
    if (pipeline != null) {
      json.put("pipeline_pictures", pipeline.timing().pictures());
      json.put("pipeline_pictures_per_s", pipeline.timing().perSecond());
      json.put("pipeline_ratio", orNull(pipeline.ratio()));
      json.put("time_to_first_picture_s", pipeline.secondsToFirstPicture());
    }
    Mixed mixed = report.mixed();
    if (mixed != null) {
      json.put("mixed_pictures", mixed.continuous().pictures());
      json.put("mixed_rows", mixed.rows());
      json.put("mixed_continuous_pictures_per_s", mixed.continuous().perSecond());
      json.put("mixed_whole_pictures_per_s", mixed.whole().perSecond());
      json.put("static_batching_ratio", mixed.ratio());
      json.put("mixed_row_occupancy", mixed.rowOccupancy());
      json.put("mixed_whole_row_occupancy", mixed.wholeRowOccupancy());
    }
    Stub stub = report.stub();
    if (stub != null) {
      json.put("stub_pictures", stub.pictures());
      json.put("stub_pictures_per_s", stub.picturesPerSecond());
      json.put("put_loop_per_s", stub.putsPerSecond());
      json.put("put_loop_concurrency", stub.concurrency());
      json.put("stub_ratio", stub.ratio());
    }
    Million million = report.million();
    if (million != null) {
      json.put("million_pictures", million.pictures());
      json.put("million_records", million.records());
      json.put("million_pictures_per_s", million.picturesPerSecond());
      json.put("million_checkpoints", million.checkpoints());
      json.put("million_failed_checkpoints", million.failedCheckpoints());
      json.put("million_longest_checkpoint_s", million.longestCheckpointSeconds());
      json.put("million_peak_heap_bytes", million.peakHeapBytes());
    }
    Export export = report.export();
    if (export != null) {
      json.put("export_pictures", export.pictures());
      json.put("export_pictures_per_s", export.picturesPerSecond());
      json.put("get_loop_per_s", export.getsPerSecond());
      json.put("get_loop_concurrency", export.concurrency());
      json.put("export_ratio", export.ratio());
      json.put("export_peak_heap_bytes", export.peakHeapBytes());
    }
    json.put("peak_memory_bytes", report.peakMemoryBytes());
    json.put("peak_heap_bytes", report.peakHeapBytes());
    return json;
  }

  private Map<String, Object> optionsJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sections", options.sections().stream().sorted().map(Enum::toString).toList());
    json.put("model", options.model().toString());
    json.put("pictures", options.pictures());
    json.put("stub_pictures", options.stubPictures());
    json.put("stub_bytes", options.stubBytes());
    json.put("num_inference_steps", options.steps());
    json.put("guidance_scale", options.guidance());
    json.put("width", report.width());
    json.put("height", report.height());
    json.put("rows", options.rows());
    json.put("device", options.device());
    return json;
  }

  private static Map<String, @Nullable Object> slice(Slice slice) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    Timing runACore = slice.runACore();
    json.put("default_threads_pictures_per_s", slice.defaultThreads().perSecond());
    json.put("run_a_core_pictures_per_s", runACore == null ? null : runACore.perSecond());
    return json;
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
