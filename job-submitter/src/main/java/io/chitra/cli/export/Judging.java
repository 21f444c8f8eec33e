package io.chitra.cli.export;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Sha256;
import io.chitra.dataset.look.Gate;
import io.chitra.dataset.look.GateLimits;
import io.chitra.dataset.look.GateReport;
import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.look.Judge;
import io.chitra.dataset.look.LookFacts;
import io.chitra.dataset.look.Verdict;
import io.chitra.dataset.pack.ShardReport.PutFile;
import io.chitra.dataset.plan.Judged;
import io.chitra.dataset.plan.Pieces;
import io.chitra.dataset.plan.RowSpool;
import io.chitra.dataset.plan.Workbench;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges the pictures of a dataset that were looked at: who stays, who goes, and what is said. */
final class Judging {

  private static final String DROPPED = "dropped.jsonl";
  private static final int MOST_NAMED = 10;

  private Judging() {}

  /** The gates forbid it: nothing is left of the work. */
  static final class RefusedException extends ExportException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * Judges all rows, in order.
   *
   * @param kept gets those that stay
   * @throws RefusedException when a required gate keeps the dataset from being published, or
   *     nothing is left of it
   */
  static Judged judge(Pieces pieces, Workbench bench, RowSpool kept, Path folder)
      throws RefusedException, IOException {
    GateSettings settings = Objects.requireNonNull(pieces.request().gates());
    LookFacts facts = bench.lookFacts();
    Judge judge = new Judge(settings, facts);
    Path dropped = folder.resolve(DROPPED);
    try {
      try (BufferedWriter lines = Files.newBufferedWriter(dropped)) {
        for (int piece = 0; piece < pieces.count(); piece++) {
          Iterator<DatasetRow> rows = bench.looks(piece);
          while (rows.hasNext()) {
            take(judge.judge(rows.next()), kept, lines);
          }
        }
      }
      GateReport report = judge.report();
      require(pieces, report, bench);
      return new Judged(gates(settings, facts), counts(report), put(report, dropped, bench));
    } finally {
      Files.deleteIfExists(dropped);
    }
  }

  private static void take(Verdict verdict, RowSpool kept, BufferedWriter lines)
      throws IOException {
    if (verdict.dropped()) {
      lines.write(verdict.droppedLine());
      lines.write('\n');
    } else {
      kept.add(verdict.row());
    }
  }

  private static void require(Pieces pieces, GateReport report, Workbench bench)
      throws RefusedException, IOException {
    if (!report.publishable()) {
      bench.clear();
      List<String> named =
          report.examples().subList(0, Math.min(MOST_NAMED, report.examples().size()));
      throw new RefusedException(
          "Cannot publish dataset %s: %d of its pictures do not pass a required gate (%s%s); leave them out with --drop, or do not require the gate"
              .formatted(
                  pieces.request().dataset(),
                  report.forbidding(),
                  String.join("; ", named),
                  report.forbidding() > named.size() ? "; ..." : ""));
    }
    if (report.dropped() == report.judged()) {
      bench.clear();
      throw new RefusedException(
          "Cannot publish dataset %s: each of its %d pictures is left out by a gate (%s)"
              .formatted(
                  pieces.request().dataset(),
                  report.judged(),
                  counts(report).entrySet().stream()
                      .map(gate -> gate.getKey() + " " + gate.getValue())
                      .collect(Collectors.joining(", "))));
    }
  }

  private static SortedMap<String, Long> counts(GateReport report) {
    SortedMap<String, Long> counts = new TreeMap<>();
    report
        .gates()
        .forEach(
            (gate, count) -> {
              if (count.dropped() > 0) {
                counts.put(gate.label(), count.dropped());
              }
            });
    return counts;
  }

  private static List<PutFile> put(GateReport report, Path dropped, Workbench bench)
      throws IOException {
    if (report.dropped() == 0) {
      return List.of();
    }
    bench.putBeside(DROPPED, dropped, "application/jsonl");
    return List.of(new PutFile(DROPPED, Files.size(dropped), Sha256.of(dropped)));
  }

  /** What the pictures were held against, for people. */
  private static SortedMap<String, String> gates(GateSettings settings, LookFacts facts) {
    GateLimits limits = settings.limits();
    SortedMap<String, String> gates = new TreeMap<>();
    for (Gate gate : settings.gates()) {
      gates.put(
          gate.label(),
          switch (gate) {
            case READABLE -> "the file is a picture of its record's size";
            case EXACT_DUPLICATE -> "no earlier picture has the same pixels";
            case NEAR_DUPLICATE ->
                "no earlier picture's pHash differs in %d bits or fewer"
                    .formatted(limits.nearDuplicateBits());
            case BLANK -> "it is not of one tone";
            case LOW_CONTRAST ->
                "standard deviation of luma %s or more".formatted(limits.minContrast());
            case BRIGHTNESS ->
                "mean of luma %s to %s".formatted(limits.minBrightness(), limits.maxBrightness());
            case COLOURLESS -> "colourfulness %s or more".formatted(limits.minColourfulness());
            case SIZE -> "shorter side of %d pixels or more".formatted(limits.minSide());
            case CLIP_SCORE ->
                "%s or more by %s".formatted(limits.minClipScore(), model(facts, "clip"));
            case NSFW -> "%s or less by %s".formatted(limits.maxNsfw(), model(facts, "nsfw"));
            case NEAR_COPY -> nearCopy(facts);
          });
    }
    return gates;
  }

  private static String nearCopy(LookFacts facts) {
    LookFacts.@Nullable Reference reference = facts.reference();
    return reference == null
        ? "none"
        : "more than %s from each of %d reference pictures (%s) in the space of %s%s"
            .formatted(
                reference.threshold(),
                reference.pictures(),
                reference.digest(),
                reference.space(),
                reference.calibratedOn() == null
                    ? ""
                    : ", calibrated on %d of their own distances"
                        .formatted(reference.calibratedOn()));
  }

  private static String model(LookFacts facts, String role) {
    return facts.models().stream()
        .filter(model -> model.role().equals(role))
        .map(model -> "%s (%s)".formatted(model.name(), model.digest()))
        .findFirst()
        .orElse("no model");
  }
}
