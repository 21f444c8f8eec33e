package io.chitra.cli.report;

import io.chitra.cli.show.Failures;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.TopicScan;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Makes the page of a dataset: reads its rows twice, first to count, then to pick pictures and look
 * at them. Memory grows by a few bytes a row; the page does not grow with the rows. Used by one
 * thread.
 */
public final class Report {

  /** How many pictures the sheets of all classes show together. */
  private static final int MOST_TILES = 600;

  private static final int MOST_SHEETS = 50;
  private static final int MOST_GROUPS = 12;
  private static final int MOST_ALIKE = 8;
  private static final int MOST_GROUPS_KEPT = 1000;

  private final ReportSettings settings;
  private final Rows rows;
  private final DatasetRows.Census census;
  private final Failures failures;
  private final Function<String, CompletableFuture<byte[]>> pictures;
  private final TopicScan.Listener listener;

  private final Facts facts;
  private final Looks looks = new Looks();
  private final Failures unseen = new Failures();
  private final Duplicates near;
  private final Set<String> pixelsSeen = new TreeSet<>();
  private final Map<String, Members> identical = new LinkedHashMap<>();
  private final Map<String, List<Tile>> tiles = new LinkedHashMap<>();

  /** Pictures of a group, the first of them by position. */
  private static final class Members {
    private final List<Long> first = new ArrayList<>();
    private long count;

    void add(long position) {
      count++;
      if (first.size() < MOST_ALIKE) {
        first.add(position);
      }
    }
  }

  /**
   * What was found.
   *
   * @param classes that pictures are sorted into; 0: there is no such label
   * @param lookedAt how many pictures
   * @param unseen pictures that could not be fetched, or are not what their records say
   * @param duplicates pictures whose pixels another one has already
   * @param nearGroups groups of pictures that look alike
   * @param fileBytes of the page
   */
  public record Summary(
      DatasetRows.Census census,
      int classes,
      long lookedAt,
      Failures unseen,
      long duplicates,
      int nearGroups,
      long fileBytes) {}

  /**
   * A report.
   *
   * @param census what has become of the dataset's pictures
   * @param failures what failed in the dataset, by reason
   * @param pictures the bytes of an object by the key that records have
   * @param listener is told how many rows were gone through to look at pictures
   */
  public Report(
      ReportSettings settings,
      Rows rows,
      DatasetRows.Census census,
      Failures failures,
      Function<String, CompletableFuture<byte[]>> pictures,
      TopicScan.Listener listener) {
    this.settings = settings;
    this.rows = rows;
    this.census = census;
    this.failures = failures;
    this.pictures = pictures;
    this.listener = listener;
    this.facts = new Facts(rows.size());
    this.near = new Duplicates(settings.nearBits());
  }

  /**
   * Makes the page and writes it to a file, whole or not at all. Called once.
   *
   * @throws IOException when the rows cannot be read or the file cannot be written
   * @throws ReportException when no picture has the label that was asked for
   */
  public Summary write(Path file) throws IOException, InterruptedException, ReportException {
    for (long position = 0; position < rows.size(); position++) {
      facts.add(rows.at(position));
    }
    Optional<String> label = label();
    List<Values.Count> classes = classes(label);
    List<Values.Count> shown = classes.subList(0, Math.min(MOST_SHEETS, classes.size()));
    view(label, shown);
    List<Duplicates.Group> alike = near.groups();
    List<Sheet> sheets =
        shown.stream()
            .map(c -> new Sheet(c.value(), c.count(), tiles.getOrDefault(c.value(), List.of())))
            .toList();
    Content content =
        new Content(
            settings,
            census,
            facts,
            looks,
            failures,
            unseen,
            label,
            sheets,
            classes.size() - sheets.size(),
            alike(
                identical.values().stream()
                    .filter(members -> members.count > 1)
                    .sorted(Comparator.comparingLong(members -> -members.count))
                    .map(members -> Map.entry(members.count, members.first))
                    .toList()),
            alike.size(),
            alike(
                alike.stream()
                    .map(group -> Map.entry((long) group.positions().size(), group.positions()))
                    .toList()));
    write(content, file);
    return new Summary(
        census,
        label.isPresent() ? classes.size() : 0,
        looks.count(),
        unseen,
        facts.duplicates(),
        alike.size(),
        Files.size(file));
  }

  private Optional<String> label() throws ReportException {
    Optional<String> asked = settings.label();
    if (asked.isPresent() && !facts.labels().containsKey(asked.get())) {
      throw new ReportException(
          "Cannot sort pictures by label %s: %s"
              .formatted(
                  asked.get(),
                  facts.labels().isEmpty()
                      ? "they have no labels"
                      : "none has it; they have " + String.join(", ", facts.labels().keySet())));
    }
    return asked.or(facts::classLabel);
  }

  /** The classes, the largest first; without a label, one of all pictures. */
  private List<Values.Count> classes(Optional<String> label) {
    if (label.isEmpty()) {
      return facts.rows() == 0 ? List.of() : List.of(new Values.Count("", facts.rows()));
    }
    Values values = facts.labels().getOrDefault(label.get(), new Values());
    List<Values.Count> classes = new ArrayList<>(values.mostFrequent());
    classes.removeIf(c -> c.value().isEmpty());
    long counted = values.others() + classes.stream().mapToLong(Values.Count::count).sum();
    if (counted < facts.rows()) {
      classes.add(new Values.Count("", facts.rows() - counted));
    }
    return classes;
  }

  /** Goes through all rows, and looks at some of their pictures. */
  private void view(Optional<String> label, List<Values.Count> shown)
      throws IOException, InterruptedException {
    Map<String, Even> picks = new HashMap<>();
    int each = Math.min(settings.thumbnails(), MOST_TILES / Math.max(1, shown.size()));
    shown.forEach(c -> picks.put(c.value(), new Even(Math.max(1, each), c.count())));
    Map<String, Long> before = new HashMap<>();
    Even looked = new Even(settings.looks(), rows.size());
    try (Viewing viewing = new Viewing(pictures, seen -> take(label, seen), this::refuse)) {
      for (long position = 0; position < rows.size(); position++) {
        listener.read(position, rows.size());
        DatasetRow row = rows.at(position);
        String className = className(label, row);
        Even pick = picks.get(className);
        boolean tile = pick != null && pick.includes(before.merge(className, 1L, Long::sum) - 1);
        boolean look = looked.includes(position);
        if (facts.duplicated(row)) {
          Members members = identical.get(row.record().getPixelSha256());
          if (members == null && identical.size() < MOST_GROUPS_KEPT) {
            members = new Members();
            identical.put(row.record().getPixelSha256(), members);
          }
          if (members != null) {
            members.add(position);
          }
        }
        if (tile || look) {
          viewing.start(
              position,
              row,
              tile && look ? Viewing.Want.BOTH : tile ? Viewing.Want.THUMBNAIL : Viewing.Want.LOOK);
        }
      }
      viewing.finish();
    }
    listener.read(rows.size(), rows.size());
  }

  private static String className(Optional<String> label, DatasetRow row) {
    return label.flatMap(name -> Facts.classOf(row, name)).orElse("");
  }

  private void take(Optional<String> label, Seen seen) {
    String className = className(label, seen.row());
    if (seen.look() != null) {
      looks.add(className, seen.look());
      if (pixelsSeen.add(seen.row().record().getPixelSha256())) {
        near.add(seen.position(), seen.look().perceptualHash());
      }
    }
    if (seen.thumbnail() != null) {
      tiles
          .computeIfAbsent(className, name -> new ArrayList<>())
          .add(new Tile(seen.row().record(), seen.thumbnail()));
    }
  }

  private void refuse(DatasetRow row, String why) {
    unseen.add(why, row.record().getJobId() + "[" + row.record().getImageIndex() + "]", 1);
  }

  /** The first groups with their first pictures. */
  private List<Alike> alike(List<Map.Entry<Long, List<Long>>> groups)
      throws IOException, InterruptedException {
    List<Map.Entry<Long, List<Long>>> shown =
        groups.subList(0, Math.min(MOST_GROUPS, groups.size()));
    Set<Long> wanted = new LinkedHashSet<>();
    shown.forEach(group -> group.getValue().stream().limit(MOST_ALIKE).forEach(wanted::add));
    Map<Long, Tile> found = new HashMap<>();
    try (Viewing viewing =
        new Viewing(
            pictures,
            seen -> {
              if (seen.thumbnail() != null) {
                found.put(seen.position(), new Tile(seen.row().record(), seen.thumbnail()));
              }
            },
            (row, why) -> {})) {
      for (long position : wanted) {
        viewing.start(position, rows.at(position), Viewing.Want.THUMBNAIL);
      }
      viewing.finish();
    }
    return shown.stream()
        .map(
            group ->
                new Alike(
                    group.getKey(),
                    group.getValue().stream()
                        .limit(MOST_ALIKE)
                        .flatMap(position -> Optional.ofNullable(found.get(position)).stream())
                        .toList()))
        .toList();
  }

  private static void write(Content content, Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    try (Writer out = Files.newBufferedWriter(part)) {
      new Page(new Html(out), content).write();
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
