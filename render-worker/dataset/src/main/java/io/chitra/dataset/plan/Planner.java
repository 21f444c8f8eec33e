package io.chitra.dataset.plan;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import io.chitra.dataset.pack.Shard;
import io.chitra.dataset.pack.Survey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plan: which picture goes to which place of which shard. The same rows and the same
 * request give the same plan. Memory holds some tens of bytes a row.
 */
public final class Planner {

  private final ExportRequest request;
  private final Rows rows;

  /**
   * What the plan is made of besides rows and request.
   *
   * @param program that makes it, with its version
   * @param content see {@link ContentId}
   * @param ends where the topics ended, by {@code topic-partition}
   * @param judged what gates have made of the dataset
   */
  public record Origin(
      String program,
      String content,
      SortedMap<String, Long> ends,
      Standing standing,
      Judged judged) {}

  /** Rows of one split and one class, from one position of the order to another. */
  private record Cut(int split, @Nullable String className, int first, int end, long bytes) {}

  public Planner(ExportRequest request, Rows rows) {
    this.request = request;
    this.rows = rows;
  }

  /**
   * Makes the plan and pins it.
   *
   * @param folder for files on the way; made where it is missing
   * @param listener is told how many of the rows are written
   * @throws PlanException when the rows cannot be packed as asked
   */
  public Plan plan(Origin origin, Workbench bench, Path folder, Listener listener)
      throws IOException, PlanException {
    Survey survey = new Survey(request.classLabel());
    RowNotes notes = RowNotes.of(request, rows, survey);
    if (survey.withoutClass() > 0) {
      throw new PlanException(
          "Cannot export dataset %s with classes by label %s: %d of its %d pictures have no such label; leave --class-label out, or give every job the label"
              .formatted(
                  request.dataset(), request.classLabel(), survey.withoutClass(), rows.size()));
    }
    int[] splits = new Splitter(request.splits(), notes).splits();
    int[] order = order(notes, splits);
    List<Cut> cuts = cut(notes, splits, order);
    List<PlannedShard> shards = shards(cuts);
    Files.createDirectories(folder);
    for (PlannedShard shard : shards) {
      Cut cut = cuts.get(shard.id());
      bench.putRows(shard.id(), rowsOf(order, cut), folder);
      listener.written(cut.end(), order.length);
    }
    Plan plan =
        new Plan(
            origin.program(),
            origin.content(),
            request,
            survey.settings(request.format(), request.recode()),
            origin.ends(),
            origin.standing(),
            origin.judged(),
            shards);
    bench.put(plan);
    return plan;
  }

  private Iterator<DatasetRow> rowsOf(int[] order, Cut cut) {
    return IntStream.range(cut.first(), cut.end())
        .mapToObj(
            i -> {
              try {
                return rows.at(order[i]);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .iterator();
  }

  /** Is told how far the writing of a plan has come. */
  @FunctionalInterface
  public interface Listener {
    void written(long rows, long of);
  }

  /** The rows by split, then by class where there are class folders, then as they are ordered. */
  private int[] order(RowNotes notes, int[] splits) {
    Comparator<Integer> byPlace =
        Comparator.<Integer>comparingInt(row -> splits[row])
            .thenComparing(notes::className, Comparator.nullsFirst(Comparator.naturalOrder()));
    if (request.shuffle() != null) {
      byPlace = byPlace.thenComparingLong(notes::orderHash);
    }
    Integer[] order = new Integer[notes.rows()];
    Arrays.setAll(order, row -> row);
    Arrays.sort(order, byPlace); // stable: rows that compare equal stay by job and index
    return IntStream.range(0, order.length).map(i -> order[i]).toArray();
  }

  private List<Cut> cut(RowNotes notes, int[] splits, int[] order) {
    List<Cut> cuts = new ArrayList<>();
    int first = 0;
    long bytes = 0;
    for (int i = 0; i < order.length; i++) {
      long more = notes.bytes(order[i]);
      if (i > first && (full(i - first, bytes + more) || !alike(notes, splits, order, i))) {
        cuts.add(cutOf(notes, splits, order, first, i, bytes));
        first = i;
        bytes = 0;
      }
      bytes += more;
    }
    if (first < order.length) {
      cuts.add(cutOf(notes, splits, order, first, order.length, bytes));
    }
    return cuts;
  }

  private boolean full(int count, long bytesWithNext) {
    return count == request.shards().rows() || bytesWithNext > request.shards().bytes();
  }

  private static boolean alike(RowNotes notes, int[] splits, int[] order, int i) {
    return splits[order[i]] == splits[order[i - 1]]
        && Objects.equals(notes.className(order[i]), notes.className(order[i - 1]));
  }

  private static Cut cutOf(
      RowNotes notes, int[] splits, int[] order, int first, int end, long bytes) {
    return new Cut(splits[order[first]], notes.className(order[first]), first, end, bytes);
  }

  private List<PlannedShard> shards(List<Cut> cuts) {
    int[] counts = new int[Math.max(1, request.splits().splits().size())];
    cuts.forEach(cut -> counts[cut.split()]++);
    int[] numbers = new int[counts.length];
    List<PlannedShard> shards = new ArrayList<>();
    for (Cut cut : cuts) {
      int split = cut.split();
      Shard shard =
          new Shard(
              nameOf(split),
              numbers[split]++,
              counts[split],
              cut.className(),
              cut.end() - cut.first());
      shards.add(new PlannedShard(shards.size(), shard, cut.bytes()));
    }
    return shards;
  }

  private @Nullable String nameOf(int split) {
    List<Split> splits = request.splits().splits();
    return splits.isEmpty() ? null : splits.get(split).name();
  }
}
