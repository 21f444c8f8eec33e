package io.chitra.cli;

import io.chitra.cli.dataset.ImageFolder;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to, and where things are.
 *
 * @param refused lines that were not sent
 * @param jobs lines that were
 * @param recordFiles false when the stack ends before the record files in S3 cover the run
 */
record RenderSummary(
    String dataset,
    int refused,
    int jobs,
    RunOutcome outcome,
    Duration elapsed,
    Path out,
    ImageFolder.Written written,
    Optional<Path> contactSheet,
    boolean recordFiles,
    String images,
    String records,
    String resultsTopic,
    Optional<URI> s3Endpoint,
    Optional<URI> flinkUi) {

  boolean allGood() {
    return refused == 0
        && outcome.failures().count() == 0
        && outcome.cancelled() == 0
        && written.lost() == 0;
  }

  private double perSecond() {
    return (outcome.rendered() + outcome.reused()) / Math.max(elapsed.toMillis() / 1000.0, 0.001);
  }

  void print(Console console) {
    long failed = outcome.failures().count();
    console
        .out()
        .println(
            "%s: %s rendered, %s reused, %s, %s failed%s in %s (%s)"
                .formatted(
                    Style.STRONG.on(console.outScreen(), dataset),
                    Humans.count(outcome.rendered()),
                    Humans.count(outcome.reused()),
                    Humans.count(refused, "line") + " refused",
                    Humans.count(failed),
                    outcome.cancelled() == 0
                        ? ""
                        : ", %s cancelled".formatted(Humans.count(outcome.cancelled())),
                    Humans.duration(elapsed),
                    Humans.rate(perSecond())));
    outcome.failures().lines(console.outScreen()).forEach(console.out()::println);
    TextTable places = new TextTable();
    places.row("  pictures", out + " (" + Humans.count(written.rows()) + ", metadata.jsonl)");
    contactSheet.ifPresent(sheet -> places.row("  contact sheet", sheet));
    places.row("  in S3", images + s3Endpoint.map(url -> " at " + url).orElse(""));
    places.row("  records", records + ", topic " + resultsTopic);
    flinkUi.ifPresent(url -> places.row("  Flink", url));
    console.printUncut(places);
    warn(console);
  }

  private void warn(Console console) {
    written
        .firstLoss()
        .ifPresent(
            why ->
                console.error(
                    "%s could not be fetched and %s no row: %s"
                        .formatted(
                            Humans.count(written.lost(), "picture"),
                            written.lost() == 1 ? "has" : "have",
                            why)));
    if (written.removed() > 0) {
      console.say(
          "Removed %s of an earlier run from %s"
              .formatted(Humans.count(written.removed(), "picture"), out));
    }
    if (written.foreign() > 0) {
      console.warn(
          "%s in %s %s not of this dataset and without metadata"
              .formatted(
                  Humans.count(written.foreign(), "picture"),
                  out,
                  written.foreign() == 1 ? "is" : "are"));
    }
    if (!recordFiles) {
      console.warn(
          "The record files of this run are not all in S3 yet; the next stack on this state puts"
              + " them");
    }
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("dataset", dataset);
    json.put("jobs", jobs);
    json.put("rendered", outcome.rendered());
    json.put("reused", outcome.reused());
    json.put("refused", refused);
    json.put("failed", outcome.failures().count());
    json.put("cancelled", outcome.cancelled());
    json.put("seconds", elapsed.toMillis() / 1000.0);
    json.put("pictures_per_second", Math.round(perSecond() * 1000) / 1000.0);
    json.put("out", out.toAbsolutePath().normalize().toString());
    json.put("pictures", written.rows());
    json.put("not_fetched", written.lost());
    json.put("removed", written.removed());
    json.put("foreign", written.foreign());
    json.put(
        "contact_sheet",
        contactSheet.map(sheet -> sheet.toAbsolutePath().normalize().toString()).orElse(null));
    json.put("images", images);
    json.put("records", records);
    json.put("s3_endpoint", s3Endpoint.map(URI::toString).orElse(null));
    json.put("flink_ui", flinkUi.map(URI::toString).orElse(null));
    json.put("failures", outcome.failures().json());
    return json;
  }
}
