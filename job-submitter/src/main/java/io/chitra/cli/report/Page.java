package io.chitra.cli.report;

import io.chitra.cli.show.Failures;
import io.chitra.cli.show.Humans;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lays out the page: one file that needs no other and no network. Its own policy forbids everything
 * but its style sheet, its script and the pictures in it, so nothing that a prompt says can run.
 */
final class Page {

  private static final int MOST_VALUES = 12;
  private static final int MOST_TEXT = 600;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final DoubleFunction<String> SHARE =
      share -> String.format(Locale.ROOT, "%.2f", share);
  private static final DoubleFunction<String> WHOLE = n -> Humans.count(Math.round(n));

  private final Html html;
  private final Content content;

  Page(Html html, Content content) {
    this.html = html;
    this.content = content;
  }

  void write() throws IOException {
    html.open("html", "lang", "en");
    head();
    html.line().open("body");
    header();
    html.open("main");
    overview();
    pictures();
    looks();
    throughput();
    failures();
    duplicates();
    settings();
    labels();
    origins();
    about();
    html.close();
    html.open("dialog", "id", "shown", "aria-label", "Picture").close();
    html.line().open("script").trusted(source("report.js")).close();
    html.close().close().line();
  }

  private void head() throws IOException {
    String style = source("report.css");
    html.line().open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.empty("meta", "name", "generator", "content", content.settings().program());
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; img-src data:; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'"
            .formatted(digest(style), digest(source("report.js"))));
    html.element("title", "Dataset " + content.settings().dataset());
    html.line().open("style").trusted(style).close();
    html.close();
  }

  private void header() throws IOException {
    html.open("header");
    html.open("h1").element("bdi", content.settings().dataset()).close();
    html.element(
        "p",
        "A dataset of Chitra, as it was at %s".formatted(TIME.format(content.settings().now())),
        "class",
        "faint");
    html.open("nav", "aria-label", "Sections");
    for (String section :
        List.of(
            "Pictures",
            "Looks",
            "Throughput",
            "Failures",
            "Duplicates",
            "Settings",
            "Labels",
            "Origins")) {
      html.element("a", section, "href", "#" + section.toLowerCase(Locale.ROOT));
    }
    html.close().close();
  }

  private void section(String name) throws IOException {
    html.line().open("section", "id", name.toLowerCase(Locale.ROOT)).element("h2", name);
  }

  private void overview() throws IOException {
    DatasetRows.Census census = content.census();
    Facts facts = content.facts();
    html.line().open("section", "id", "overview", "aria-label", "Overview");
    html.open("dl", "class", "tiles");
    tile("pictures", census.made(), "");
    tile("asked for", census.asked(), "");
    tile("jobs", census.jobs(), "");
    tile("failed", census.failed(), census.failed() > 0 ? "bad" : "");
    tile("cancelled", census.cancelled(), census.cancelled() > 0 ? "warn" : "");
    tile("open", census.open(), census.open() > 0 ? "warn" : "");
    tile("reused", facts.reused(), "");
    tile("identical to another", facts.duplicates(), facts.duplicates() > 0 ? "warn" : "");
    if (facts.truncated() > 0) {
      tile("prompts cut short", facts.truncated(), "warn");
    }
    html.open("div").element("dt", "files").element("dd", Humans.bytes(facts.bytes())).close();
    html.close();
    if (content.unseen().count() > 0) {
      html.open("div", "class", "note bad", "role", "note");
      html.element(
          "p",
          "%s could not be shown: %s"
              .formatted(
                  Humans.count(content.unseen().count(), "picture"),
                  "the store does not have them as their records say"));
      reasons(content.unseen());
      html.close();
    }
    html.close();
  }

  private void tile(String name, long count, String style) throws IOException {
    html.open("div", "class", style).element("dt", name).element("dd", Humans.count(count)).close();
  }

  private void pictures() throws IOException {
    section("Pictures");
    if (content.sheets().isEmpty()) {
      html.element("p", "No picture has been made.", "class", "faint");
    }
    boolean sorted = content.classLabel().isPresent();
    if (sorted) {
      html.open("p", "class", "faint").text("By label ");
      html.open("strong").element("bdi", content.classLabel().orElse("")).close();
      if (content.otherClasses() > 0) {
        html.text(
            "; %s more %s no sheet"
                .formatted(
                    Humans.count(content.otherClasses()),
                    content.otherClasses() == 1 ? "class has" : "classes have"));
      }
      html.close();
      html.open("p", "id", "classes", "class", "choices", "role", "group", "aria-label", "Classes")
          .close();
    }
    for (Sheet sheet : content.sheets()) {
      html.line().open("section", "class", "sheet");
      if (sorted) {
        html.open("h3").element("bdi", className(sheet.className())).text(" ");
        html.element("span", Humans.count(sheet.pictures(), "picture"), "class", "faint").close();
      }
      tiles(sheet.tiles());
      html.close();
    }
    if (sorted) {
      classes();
    }
    html.close();
  }

  private static String className(String name) {
    return name.isEmpty() ? "without" : name;
  }

  private void tiles(List<Tile> tiles) throws IOException {
    html.open("ul", "class", "pictures");
    for (Tile tile : tiles) {
      ImageRecord record = tile.record();
      html.line().open("li").open("figure");
      html.open("button", "type", "button", "aria-label", "Details of " + tile.name());
      html.empty("img", "src", tile.thumbnail(), "alt", cut(record.getPrompt()), "loading", "lazy");
      html.close();
      html.open("figcaption").element("bdi", cut(record.getPrompt()), "class", "prompt");
      html.element("span", tile.name(), "class", "faint").close();
      details(record);
      html.close().close();
    }
    html.close();
  }

  /** What the dialog of a picture shows. */
  private void details(ImageRecord record) throws IOException {
    html.open("dl", "hidden", "");
    detail("job", record.getJobId());
    detail("picture", record.getImageIndex());
    detail("seed", record.getSeed());
    detail("size", record.getWidth() + " × " + record.getHeight());
    detail("steps", record.getNumInferenceSteps());
    detail("guidance scale", record.getGuidanceScale());
    detail("scheduler", record.getScheduler());
    detail("negative prompt", record.getNegativePrompt());
    detail("model", record.getModelName());
    for (Map.Entry<String, Object> label : new TreeMap<>(record.getLabels()).entrySet()) {
      detail(label.getKey(), label.getValue());
    }
    detail("object", record.getObjectKey());
    html.close();
  }

  private void detail(String name, @Nullable Object value) throws IOException {
    if (value != null) {
      html.element("dt", cut(name)).open("dd").element("bdi", cut(String.valueOf(value))).close();
    }
  }

  private void classes() throws IOException {
    html.open("div", "class", "scroll").open("table").element("caption", "Classes");
    heads("class", "pictures", "share", "brightness", "contrast", "saturation");
    html.open("tbody");
    for (Sheet sheet : content.sheets()) {
      html.open("tr").open("th", "scope", "row");
      html.element("bdi", className(sheet.className())).close();
      number(Humans.count(sheet.pictures()));
      share(sheet.pictures(), content.facts().rows());
      Looks.@Nullable Means means = content.looks().classes().get(sheet.className());
      number(means == null ? "" : SHARE.apply(means.brightness()));
      number(means == null ? "" : SHARE.apply(means.contrast()));
      number(means == null ? "" : SHARE.apply(means.saturation()));
      html.close();
    }
    html.close().close().close();
  }

  private void looks() throws IOException {
    section("Looks");
    Looks looks = content.looks();
    if (looks.count() > 0) {
      html.element(
          "p",
          looks.count() == content.facts().rows()
              ? "Of all pictures."
              : "Of %s, evenly picked out of %s; prompts of all."
                  .formatted(
                      Humans.count(looks.count(), "picture"), Humans.count(content.facts().rows())),
          "class",
          "faint");
    }
    html.open("div", "class", "charts");
    if (looks.count() > 0) {
      Charts.histogram(html, "Brightness: mean of luma", looks.brightness(), SHARE);
      Charts.histogram(html, "Contrast: standard deviation of luma", looks.contrast(), SHARE);
      Charts.lines(
          html,
          "Colour: means of the channels",
          List.of(
              new Charts.Series("red", "red", looks.red()),
              new Charts.Series("green", "green", looks.green()),
              new Charts.Series("blue", "blue", looks.blue())),
          SHARE);
      Charts.histogram(html, "Saturation: mean of HSV's", looks.saturation(), SHARE);
      Charts.histogram(
          html, "Colourfulness: Hasler and Süsstrunk's M3", looks.colourfulness(), WHOLE);
    }
    if (content.facts().rows() > 0) {
      Charts.histogram(
          html, "Prompt length in characters", content.facts().promptLength().histogram(40), WHOLE);
    }
    html.close().close();
  }

  private void throughput() throws IOException {
    section("Throughput");
    Facts facts = content.facts();
    if (facts.rendered().isEmpty()) {
      html.element("p", "Nothing was rendered for this dataset itself.", "class", "faint");
    } else {
      Timeline.Course course = facts.rendered().course(120);
      Spread millis = facts.renderMillis();
      html.open("dl", "class", "tiles");
      fact("first", TIME.format(course.start()));
      fact("last", TIME.format(course.end()));
      fact("most in " + Charts.span(course.width()), Humans.count(course.most()));
      fact("median time of one", seconds(millis.quantile(0.5)));
      fact("95 % take at most", seconds(millis.quantile(0.95)));
      html.close();
      html.open("div", "class", "charts");
      Charts.course(
          html, "Pictures rendered in each %s".formatted(Charts.span(course.width())), course);
      Charts.histogram(html, "Milliseconds to render one picture", millis.histogram(40), WHOLE);
      html.close();
    }
    html.close();
  }

  private void fact(String name, String value) throws IOException {
    html.open("div").element("dt", name).element("dd", value).close();
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, millis < 10_000 ? "%.2f s" : "%.0f s", millis / 1000.0);
  }

  private void failures() throws IOException {
    section("Failures");
    if (content.failures().count() == 0) {
      html.element("p", "Nothing has failed.", "class", "faint");
    } else {
      reasons(content.failures());
    }
    html.close();
  }

  private void reasons(Failures failures) throws IOException {
    html.open("div", "class", "scroll").open("table");
    heads("reason", "pictures", "such as");
    html.open("tbody");
    for (Failures.Group group : failures.groups()) {
      html.open("tr").open("td").element("bdi", cut(group.reason())).close();
      number(Humans.count(group.count()));
      html.open("td").element("bdi", String.join(", ", group.examples())).close();
      html.close();
    }
    html.close().close().close();
  }

  private void duplicates() throws IOException {
    section("Duplicates");
    html.element("h3", "Equal pixels");
    long equal = content.facts().duplicates();
    html.element(
        "p",
        equal == 0
            ? "No picture has the pixels of another."
            : "%s the pixels of another one."
                .formatted(Humans.count(equal, "picture") + (equal == 1 ? " has" : " have")),
        "class",
        "faint");
    groups(content.identical());
    html.element("h3", "Nearly equal");
    int bits = content.settings().nearBits();
    html.element(
        "p",
        "%s whose perceptual hashes (pHash) differ in %d of 64 bits or fewer, among those that were looked at and have different pixels."
            .formatted(Humans.count(content.nearGroups(), "group"), bits),
        "class",
        "faint");
    groups(content.near());
    html.close();
  }

  private void groups(List<Alike> groups) throws IOException {
    html.open("div", "class", "groups");
    for (Alike group : groups) {
      html.open("section", "class", "group");
      html.element("p", Humans.count(group.pictures(), "picture"));
      tiles(group.tiles());
      html.close();
    }
    html.close();
  }

  private void settings() throws IOException {
    section("Settings");
    html.open("div", "class", "tables");
    for (Map.Entry<String, Values> setting : content.facts().settings().entrySet()) {
      values(setting.getKey(), setting.getValue());
    }
    html.close().close();
  }

  private void labels() throws IOException {
    section("Labels");
    if (content.facts().labels().isEmpty()) {
      html.element("p", "The pictures have no labels.", "class", "faint");
    }
    html.open("div", "class", "tables");
    for (Map.Entry<String, Values> label : content.facts().labels().entrySet()) {
      values(label.getKey(), label.getValue());
    }
    html.close().close();
  }

  private void origins() throws IOException {
    section("Origins");
    Facts facts = content.facts();
    html.open("div", "class", "tables wide");
    values("models", facts.models());
    if (facts.loras().distinct() > 0) {
      values("LoRAs", facts.loras());
    }
    if (facts.vaes().distinct() > 0) {
      values("VAEs", facts.vaes());
    }
    values("environment classes", facts.environments());
    html.close();
    for (Map.Entry<String, SortedMap<String, String>> environment :
        facts.environmentDetails().entrySet()) {
      html.open("details").open("summary").text("Environment class ");
      html.element("code", environment.getKey()).close();
      html.open("dl", "class", "pairs");
      for (Map.Entry<String, String> part : environment.getValue().entrySet()) {
        detail(part.getKey(), part.getValue());
      }
      html.close().close();
    }
    html.close();
  }

  /** A table of a field's most frequent values. */
  private void values(String name, Values values) throws IOException {
    List<Values.Count> counts = values.mostFrequent();
    if (counts.size() > MOST_VALUES && counts.get(0).count() == 1) {
      different(name, counts);
      return;
    }
    html.open("div", "class", "scroll").open("table");
    html.open("caption").element("bdi", name).close();
    html.open("tbody");
    for (Values.Count count : counts.subList(0, Math.min(MOST_VALUES, counts.size()))) {
      html.open("tr").open("th", "scope", "row").element("bdi", cut(count.value())).close();
      number(Humans.count(count.count()));
      share(count.count(), content.facts().rows());
      html.close();
    }
    html.close().close();
    int more = counts.size() - MOST_VALUES;
    if (more > 0) {
      html.element(
          "p",
          "and %s%s more".formatted(Humans.count(more), values.others() > 0 ? " or" : ""),
          "class",
          "faint");
    }
    html.close();
  }

  /** What stands in place of a table where no value occurs twice. */
  private void different(String name, List<Values.Count> counts) throws IOException {
    html.open("div").open("h3").element("bdi", name).close();
    html.open("p").text("No two are alike, as far as was looked: ");
    html.element(
        "bdi", counts.stream().limit(3).map(c -> cut(c.value())).collect(Collectors.joining(", ")));
    html.text(", …").close().close();
  }

  private void heads(String first, String... others) throws IOException {
    html.open("thead").open("tr").element("th", first, "scope", "col");
    for (String other : others) {
      html.element("th", other, "scope", "col", "class", "number");
    }
    html.close().close();
  }

  private void number(String number) throws IOException {
    html.element("td", number, "class", "number");
  }

  /** A share as a bar with its percentage. */
  private void share(long part, long of) throws IOException {
    String percent = String.format(Locale.ROOT, "%.1f %%", of == 0 ? 0 : 100.0 * part / of);
    html.open("td", "class", "number share");
    html.open("meter", "min", "0", "max", String.valueOf(of), "value", String.valueOf(part));
    html.text(percent).close().text(" " + percent).close();
  }

  private void about() throws IOException {
    html.line().open("footer").open("details").element("summary", "What this page was made from");
    html.element(
        "p",
        "Made by %s with: chitra report %s. Pictures count once: of a job that was sent more than once, the newest submission that asks for a picture. Topics were read up to:"
            .formatted(content.settings().program(), content.settings().dataset()));
    html.open("ul", "class", "plain");
    for (Map.Entry<String, Long> end : content.settings().ends().entrySet()) {
      html.open("li").element("code", end.getKey() + "@" + end.getValue()).close();
    }
    html.close().close().close();
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= MOST_TEXT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST_TEXT)) + "…";
  }

  private static String source(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("Cannot make the page: " + name + " is missing in this program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** As a content security policy names a style sheet or a script. */
  private static String digest(String source) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
