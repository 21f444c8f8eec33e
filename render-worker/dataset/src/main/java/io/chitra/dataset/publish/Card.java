package io.chitra.dataset.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.pack.Recode;
import io.chitra.dataset.pack.ShardSummary.Model;
import io.chitra.dataset.pack.ShardSummary.Sample;
import io.chitra.dataset.pack.ShardWriters;
import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A dataset's card, {@code README.md}: what Hugging Face's reader needs to know, in front, and what
 * a person wants to know. Texts that come from jobs are escaped: nothing in them is Markdown, HTML
 * or YAML. Used by one thread.
 */
final class Card {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LONGEST_TEXT = 160;
  private static final int MOST_CLASSES = 200;

  private final PackSettings settings;
  private final DatasetFacts facts;
  private final Totals totals;
  private final Layout layout;
  private final StringBuilder text = new StringBuilder();

  private Card(PackSettings settings, DatasetFacts facts, Totals totals, Layout layout) {
    this.settings = settings;
    this.facts = facts;
    this.totals = totals;
    this.layout = layout;
  }

  static String of(PackSettings settings, DatasetFacts facts, Totals totals, Layout layout) {
    Card card = new Card(settings, facts, totals, layout);
    card.front();
    card.summary();
    card.pictures();
    card.classes();
    card.samples();
    card.makers();
    card.gates();
    card.columns();
    card.again();
    return card.text.toString();
  }

  private void front() {
    line("---");
    line("pretty_name: " + quoted(facts.dataset()));
    SortedSet<String> licences = Licences.known(facts, totals);
    line("license:");
    if (licences.isEmpty()) {
      line("- unknown");
    }
    licences.forEach(licence -> line("- " + quoted(licence)));
    line("task_categories:");
    line("- text-to-image");
    if (!settings.classes().isEmpty()) {
      line("- image-classification");
    }
    line("tags:");
    line("- synthetic");
    line("- chitra");
    line("size_categories:");
    line("- " + size(totals.rows));
    line("configs:");
    line("- config_name: default");
    line("  data_files:");
    for (String split : layout.splits()) {
      line("  - split: " + quoted(split));
      line("    path:");
      layout.dataFiles(split).forEach(pattern -> line("    - " + quoted(pattern)));
    }
    if (settings.format() == PackFormat.WEBDATASET) {
      webDatasetFeatures();
    }
    line("---");
  }

  /** The reader would take types from the first few rows, which may lack what others have. */
  private void webDatasetFeatures() {
    line("dataset_info:");
    line("  features:");
    for (String extension : totals.extensions.keySet()) {
      line("  - name: " + extension);
      line("    dtype: image");
    }
    line("  - name: txt");
    line("    dtype: string");
    line("  - name: json");
    line("    struct:");
    for (Column<?> column : ShardWriters.columns(settings)) {
      line("    - name: " + quoted(column.name()));
      line("      " + feature(column.type()));
    }
    for (String name : List.of("__key__", "__url__")) {
      line("  - name: " + name);
      line("    dtype: string");
    }
  }

  private static String feature(ColumnType type) {
    return switch (type) {
      case STRING -> "dtype: string";
      case INT -> "dtype: int32";
      case LONG, CLASS -> "dtype: int64";
      case FLOAT -> "dtype: float32";
      case DOUBLE -> "dtype: float64";
      case BOOLEAN -> "dtype: bool";
      case UINT8 -> "dtype: uint8";
      case UINT16 -> "dtype: uint16";
      case UINT32 -> "dtype: uint32";
      case TIMESTAMP -> "dtype: timestamp[us, tz=UTC]";
      case INTS -> "sequence: int32";
      case STRINGS -> "sequence: string";
      case PICTURE -> "dtype: image";
    };
  }

  private static String size(long rows) {
    if (rows < 1_000) {
      return "n<1K";
    }
    if (rows < 10_000) {
      return "1K<n<10K";
    }
    if (rows < 100_000) {
      return "10K<n<100K";
    }
    if (rows < 1_000_000) {
      return "100K<n<1M";
    }
    return rows < 10_000_000 ? "1M<n<10M" : "10M<n<100M";
  }

  private void summary() {
    line("");
    line("# " + plain(facts.dataset()));
    line("");
    line(
        "%d pictures, rendered with Stable Diffusion by Chitra %s from the jobs of dataset %s."
                .formatted(totals.rows, plain(facts.chitra()), plain(facts.dataset()))
            + " All of them are synthetic; each has its prompt, its settings, its seed and the"
            + " digest of its model, with which it can be made again.");
    line("");
    line(load());
    line("");
    table(
        List.of("split", "pictures"),
        totals.splits.entrySet().stream()
            .map(split -> List.of(plain(split.getKey()), number(split.getValue())))
            .toList());
  }

  private String load() {
    String fence = "```";
    return fence
        + "python\nfrom datasets import load_dataset\n"
        + (settings.format() == PackFormat.METADATA ? "rows" : "pictures")
        + " = load_dataset(\"path/to/this/folder\")\n"
        + fence;
  }

  private void pictures() {
    DatasetFacts.Pictures pictures = facts.pictures();
    heading("Pictures");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("asked for", number(pictures.asked())));
    rows.add(List.of("here", number(totals.rows)));
    rows.add(List.of("failed", number(pictures.failed())));
    rows.add(List.of("cancelled", number(pictures.cancelled())));
    rows.add(List.of("not ended at the time", number(pictures.open())));
    pictures
        .dropped()
        .forEach((gate, count) -> rows.add(List.of("left out: " + plain(gate), number(count))));
    table(List.of("", "pictures"), rows);
    if (!pictures.dropped().isEmpty()) {
      line("");
      line("`dropped.jsonl` names what was left out, and why.");
    }
    line("");
    totals.tasks.forEach((task, count) -> line("- %s: %s".formatted(plain(task), number(count))));
    Recode recode = settings.recode();
    if (recode != null && settings.format().holdsPictures()) {
      line("");
      if (recode.longestSide() != null) {
        line(
            "Pictures whose longer side had more than %d pixels were made smaller to that."
                .formatted(recode.longestSide()));
      }
      if (recode.jpegQuality() != null) {
        line("Pictures are JPEG of quality %d.".formatted(recode.jpegQuality()));
      }
      line("`pixel_sha256` is of the pixels as rendered; `file_sha256` of the file here.");
    }
    if (totals.regions > 0 && settings.format().holdsPictures()) {
      line("");
      line(
          "%s pictures have a region that was drawn anew: `annotations/instances_<split>.json`, as"
                  .formatted(number(totals.regions))
              + " COCO has them.");
    }
  }

  private void classes() {
    String label = settings.classLabel();
    if (label == null) {
      return;
    }
    heading("Classes");
    line("By label " + plain(label) + "; all in `classes.json` and `classes.parquet`.");
    line("");
    List<String> head = new ArrayList<>(List.of("id", "class", "pictures"));
    totals.splits.keySet().forEach(split -> head.add(plain(split)));
    Map<String, Long> counts = totals.classes();
    List<List<String>> rows = new ArrayList<>();
    settings.classes().stream()
        .limit(MOST_CLASSES)
        .forEach(
            name -> {
              List<String> row = new ArrayList<>();
              row.add(number(rows.size()));
              row.add(plain(name));
              row.add(number(counts.getOrDefault(name, 0L)));
              totals.splits.keySet().forEach(split -> row.add(number(totals.rows(name, split))));
              rows.add(row);
            });
    table(head, rows);
    if (settings.classes().size() > MOST_CLASSES) {
      line("");
      line("... and %d more.".formatted(settings.classes().size() - MOST_CLASSES));
    }
  }

  private void samples() {
    heading("Samples");
    boolean classes = settings.classLabel() != null;
    List<String> head = new ArrayList<>(List.of("picture", "prompt"));
    if (classes) {
      head.add("class");
    }
    table(head, totals.samples.stream().map(sample -> sample(sample, classes)).toList());
  }

  private List<String> sample(Sample sample, boolean classes) {
    List<String> row = new ArrayList<>();
    boolean shown = settings.format() == PackFormat.IMAGEFOLDER;
    row.add(
        shown
            ? "<img src=\"%s\" width=\"128\" alt=\"\">".formatted(url(sample.fileName()))
            : plain(sample.fileName()));
    row.add(plain(sample.prompt()));
    if (classes) {
      row.add(sample.className() == null ? "" : plain(sample.className()));
    }
    return row;
  }

  private void makers() {
    heading("What made them");
    List<List<String>> rows =
        Stream.concat(
                totals.models().stream().map(model -> maker("model", model)),
                totals.adapters().stream().map(model -> maker("LoRA or VAE", model)))
            .toList();
    table(List.of("", "name", "SHA-256", "licence", "pictures"), rows);
    line("");
    line("Environment classes, which bits depend on besides the settings:");
    line("");
    totals.environments.forEach(
        (environment, count) -> line("- `%s`: %s".formatted(environment, number(count))));
  }

  private List<String> maker(String kind, Model model) {
    String licence = facts.licences().get(model.digest());
    return List.of(
        kind,
        model.name() == null ? "" : plain(model.name()),
        "`" + model.digest() + "`",
        licence == null ? "its card says none" : plain(licence),
        number(model.rows()));
  }

  private void gates() {
    if (facts.gates().isEmpty()) {
      return;
    }
    heading("Quality gates");
    line("`failed_gates` names the gates that a picture does not pass.");
    line("");
    table(
        List.of("setting", "value"),
        facts.gates().entrySet().stream()
            .map(gate -> List.of(plain(gate.getKey()), plain(gate.getValue())))
            .toList());
    line("");
    table(
        List.of("gate", "pictures that fail it"),
        totals.failedGates.entrySet().stream()
            .map(gate -> List.of(plain(gate.getKey()), number(gate.getValue())))
            .toList());
  }

  private void columns() {
    heading("Columns");
    line(
        ShardWriters.columns(settings).stream()
            .map(column -> plain(column.name()))
            .collect(Collectors.joining(", ")));
  }

  private void again() {
    heading("To make it again");
    line("From topics that reach at least to these offsets:");
    line("");
    facts.ends().forEach((partition, end) -> line("- %s: %d".formatted(plain(partition), end)));
    line("");
    line("    " + facts.command().replaceAll("\\R", " "));
    line("");
    line(
        "gives the same bytes. `manifest.json` has the settings and every file with its SHA-256;"
            + " `sha256sum -c SHA256SUMS` checks them.");
  }

  private void heading(String heading) {
    line("");
    line("## " + heading);
    line("");
  }

  private void table(List<String> head, Collection<List<String>> rows) {
    line("| " + String.join(" | ", head) + " |");
    line("|" + "---|".repeat(head.size()));
    rows.forEach(row -> line("| " + String.join(" | ", row) + " |"));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String number(long number) {
    return Long.toString(number);
  }

  /**
   * Text that is only text: on one line, cut where it is long, with nothing that means anything.
   */
  private static String plain(String text) {
    int[] points = text.codePoints().limit(LONGEST_TEXT + 1L).toArray();
    String cut = points.length > LONGEST_TEXT ? new String(points, 0, LONGEST_TEXT) + "..." : text;
    return cut.replaceAll("\\s+|\\p{Cntrl}", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("([\\\\`*_{}\\[\\]()#+!|~$-])", "\\\\$1");
  }

  private static String url(String path) {
    return path.replace("%", "%25")
        .replace(" ", "%20")
        .replace("\"", "%22")
        .replace("#", "%23")
        .replace("?", "%3F");
  }

  /** A JSON string is a YAML string. */
  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Every text is JSON", e);
    }
  }
}
