package io.chitra.cli.verify;

import io.chitra.cli.topics.DatasetRows;
import io.chitra.dataset.compare.Verdict;
import io.chitra.dataset.compare.Verdict.Drift;
import io.chitra.dataset.compare.Verdict.FieldFault;
import io.chitra.dataset.compare.Verdict.ObjectFault;
import io.chitra.dataset.compare.Verdict.Outcome;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a verification has found: how many of each outcome, and all pictures that are not equal, up
 * to a number of them. Used by one thread.
 */
public final class Findings {

  /** More are counted, and not kept. */
  public static final int MOST_KEPT = 10_000;

  private final DatasetRows rows;
  private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
  private final List<Finding> kept = new ArrayList<>();

  /**
   * A picture that is not equal.
   *
   * @param holds whose file its object is, as {@code job/index}; null: of none in the dataset, or
   *     there is none
   */
  public record Finding(String job, int index, Verdict verdict, @Nullable String holds) {

    /** As a person reads it. */
    public String text() {
      List<String> texts = new ArrayList<>();
      ObjectFault object = verdict.object();
      if (object != null) {
        texts.add(
            object.length() == null
                ? "there is no object"
                : holds != null
                    ? "the object is the picture " + holds
                    : "the object has %d bytes and the SHA-256 %s"
                        .formatted(object.length(), object.sha256()));
      }
      for (FieldFault field : verdict.fields()) {
        texts.add(
            "%s is %s, the job gives %s".formatted(field.field(), field.found(), field.expected()));
      }
      if (verdict.failure() != null) {
        texts.add(verdict.failure());
      }
      Drift drift = verdict.drift();
      if (drift != null) {
        Double psnr = drift.psnr();
        texts.add(
            (psnr == null
                    ? "other pixels"
                    : String.format(Locale.ROOT, "other pixels, PSNR %.1f dB", psnr))
                + (drift.environment().isEmpty()
                    ? " in the same environment"
                    : drift.environment().entrySet().stream()
                        .map(
                            change ->
                                "%s was %s and is %s"
                                    .formatted(
                                        change.getKey(),
                                        change.getValue().then(),
                                        change.getValue().now()))
                        .collect(Collectors.joining(", ", "; ", ""))));
      }
      return String.join("; ", texts);
    }

    /** As a script reads it. */
    public Map<String, @Nullable Object> json() {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("job_id", job);
      json.put("image_index", index);
      json.put("outcome", name(verdict.outcome()));
      ObjectFault object = verdict.object();
      if (object != null && object.length() != null) {
        json.put("object_bytes", object.length());
        json.put("object_sha256", object.sha256());
        json.put("object_of", holds);
      }
      if (!verdict.fields().isEmpty()) {
        json.put(
            "fields",
            verdict.fields().stream()
                .map(
                    field ->
                        Map.of(
                            "field", field.field(),
                            "expected", field.expected(),
                            "found", field.found()))
                .toList());
      }
      if (verdict.failure() != null) {
        json.put("failure", verdict.failure());
      }
      Drift drift = verdict.drift();
      if (drift != null) {
        json.put("drifted", true);
        json.put("psnr", drift.psnr());
        json.put("pixel_sha256", drift.pixelSha256());
        Map<String, @Nullable Object> environment = new LinkedHashMap<>();
        drift
            .environment()
            .forEach(
                (name, change) -> {
                  Map<String, @Nullable Object> both = new LinkedHashMap<>();
                  both.put("then", change.then());
                  both.put("now", change.now());
                  environment.put(name, both);
                });
        json.put("environment", environment);
      }
      return json;
    }
  }

  public Findings(DatasetRows rows) {
    this.rows = rows;
  }

  /** An outcome as scripts know it. */
  public static String name(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  /** Takes a verdict. */
  public void add(Verdict verdict) throws IOException {
    Outcome outcome = verdict.outcome();
    counts.merge(outcome, 1L, Long::sum);
    if (outcome != Outcome.EQUAL && kept.size() < MOST_KEPT) {
      ImageRecord record = rows.at(verdict.row()).record();
      kept.add(new Finding(record.getJobId(), record.getImageIndex(), verdict, null));
    }
  }

  public long count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  /** Of all outcomes. */
  public long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The pictures that are not equal, by job and index, with whose files lie in their places. */
  public List<Finding> findings() throws IOException {
    Map<String, String> owners = owners();
    return kept.stream()
        .map(
            finding -> {
              ObjectFault object = finding.verdict().object();
              String holds = object == null ? null : owners.get(String.valueOf(object.sha256()));
              return new Finding(finding.job(), finding.index(), finding.verdict(), holds);
            })
        .sorted(Comparator.comparing(Finding::job).thenComparingInt(Finding::index))
        .toList();
  }

  /** Of files that lie where they should not, whose they are. */
  private Map<String, String> owners() throws IOException {
    Map<String, String> wanted = new HashMap<>();
    for (Finding finding : kept) {
      ObjectFault object = finding.verdict().object();
      if (object != null && object.sha256() != null) {
        wanted.put(object.sha256(), "");
      }
    }
    for (long row = 0; !wanted.isEmpty() && row < rows.size(); row++) {
      ImageRecord record = rows.at(row).record();
      wanted.replace(record.getFileSha256(), "", record.getJobId() + "/" + record.getImageIndex());
    }
    wanted.values().removeIf(String::isEmpty);
    return wanted;
  }
}
