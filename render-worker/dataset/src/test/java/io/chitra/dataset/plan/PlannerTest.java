package io.chitra.dataset.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.plan.SplitSettings.Unit;
import io.chitra.dataset.target.Target;
import io.chitra.dataset.target.Targets;
import io.chitra.store.StoreConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {

  private static final List<Split> SPLITS =
      SplitSettings.parse("train=0.8,validation=0.1,test=0.1");
  private static final ShardSettings LARGE = new ShardSettings(9_000, Long.MAX_VALUE);

  @TempDir private Path temp;

  private Target target;
  private Workbench bench;

  @BeforeEach
  void open() {
    target = Targets.open(temp.resolve("out").toString(), StoreConfig.aws("us-east-1", "none"));
    bench = new Workbench(target, pin());
  }

  @AfterEach
  void close() {
    target.close();
  }

  private static Pin pin() {
    return Pin.of(
        "chitra 1",
        "content",
        request(PackFormat.PARQUET, null, SplitSettings.none(), null, LARGE));
  }

  private static ExportRequest request(
      PackFormat format,
      @Nullable String classLabel,
      SplitSettings splits,
      @Nullable Long shuffle,
      ShardSettings shards) {
    return new ExportRequest("weather", format, classLabel, null, splits, shuffle, shards, null);
  }

  private Plan plan(ExportRequest request, PlanRows rows) throws Exception {
    Standing standing = new Standing(1, rows.size(), rows.size(), 0, 0, 0);
    return new Planner(request, rows)
        .plan(
            new Planner.Origin(
                "chitra 1",
                ContentId.of(request, rows),
                new TreeMap<>(Map.of("render.results-0", 5L)),
                standing,
                Judged.NOTHING),
            bench,
            temp.resolve("scratch"),
            (done, of) -> {});
  }

  /** The pictures of each shard, as its file says. */
  private List<List<String>> packed(Plan plan) throws Exception {
    List<List<String>> shards = new ArrayList<>();
    for (PlannedShard shard : plan.shards()) {
      List<String> pictures = new ArrayList<>();
      bench.rows(shard.id()).forEachRemaining(row -> pictures.add(name(row)));
      assertEquals(shard.shard().rows(), pictures.size());
      assertEquals(100L * pictures.size(), shard.bytes());
      shards.add(pictures);
    }
    return shards;
  }

  private static String name(DatasetRow row) {
    return row.record().getJobId() + "/" + row.record().getImageIndex();
  }

  private Map<String, Set<String>> bySplit(Plan plan) throws Exception {
    List<List<String>> shards = packed(plan);
    Map<String, Set<String>> splits = new HashMap<>();
    for (PlannedShard shard : plan.shards()) {
      splits
          .computeIfAbsent(String.valueOf(shard.shard().split()), s -> new TreeSet<>())
          .addAll(shards.get(shard.id()));
    }
    return splits;
  }

  @Test
  void aFolderOfPicturesHasFewerThanTheHubTakes() {
    ShardSettings large = new ShardSettings(10_000, Long.MAX_VALUE);
    assertEquals(
        large, request(PackFormat.WEBDATASET, null, SplitSettings.none(), null, large).shards());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> request(PackFormat.IMAGEFOLDER, null, SplitSettings.none(), null, large));
    assertEquals(
        "Cannot make shards of 10000 pictures: up to 9000 would be right for this format",
        refused.getMessage());
  }

  @Test
  void shardsHaveAtMostSoManyRowsAndBytes() throws Exception {
    PlanRows rows = new PlanRows().job("a", 5, Map.of()).job("b", 2, Map.of());
    Plan byRows =
        plan(
            request(
                PackFormat.WEBDATASET,
                null,
                SplitSettings.none(),
                null,
                new ShardSettings(3, 1 << 20)),
            rows);
    assertEquals(
        List.of(List.of("a/0", "a/1", "a/2"), List.of("a/3", "a/4", "b/0"), List.of("b/1")),
        packed(byRows));
    assertEquals(List.of(0, 1, 2), byRows.shards().stream().map(s -> s.shard().number()).toList());
    assertTrue(byRows.shards().stream().allMatch(s -> s.shard().count() == 3));

    Plan byBytes =
        plan(
            request(
                PackFormat.WEBDATASET, null, SplitSettings.none(), null, new ShardSettings(9, 250)),
            rows);
    assertEquals(List.of(2, 2, 2, 1), packed(byBytes).stream().map(List::size).toList());
    Plan tiny =
        plan(
            request(
                PackFormat.WEBDATASET, null, SplitSettings.none(), null, new ShardSettings(9, 1)),
            rows);
    assertEquals(7, tiny.shards().size(), "a picture that is larger than a shard has one alone");
  }

  @Test
  void splitsHaveTheirSharesOfAllAndOfEachStratum() throws Exception {
    PlanRows rows = new PlanRows();
    for (int job = 0; job < 100; job++) {
      rows.job("job-" + job, 10, Map.of("sky", job % 4 == 0 ? "rain" : "sun"));
    }
    SplitSettings settings = new SplitSettings(SPLITS, "sky", Unit.PICTURE, 7);
    Map<String, Set<String>> splits =
        bySplit(plan(request(PackFormat.PARQUET, null, settings, null, LARGE), rows));

    assertEquals(800, size(splits, "train", name -> true), 2);
    assertEquals(100, size(splits, "validation", name -> true), 2);
    assertEquals(100, size(splits, "test", name -> true), 2);
    assertEquals(200, size(splits, "train", PlannerTest::rainy), 3);
    assertEquals(25, size(splits, "validation", PlannerTest::rainy), 3);
    assertEquals(25, size(splits, "test", PlannerTest::rainy), 3);
    assertEquals(1000, splits.values().stream().mapToInt(Set::size).sum());
    assertTrue(
        jobs(of(splits, "train")).stream().anyMatch(jobs(of(splits, "test"))::contains),
        "pictures of one job are spread, unless asked for otherwise");
  }

  private static boolean rainy(String name) {
    return Integer.parseInt(name.replaceAll("job-(\\d+)/.*", "$1")) % 4 == 0;
  }

  private static long size(Map<String, Set<String>> splits, String split, Predicate<String> which) {
    return of(splits, split).stream().filter(which).count();
  }

  private static Set<String> of(Map<String, Set<String>> splits, String split) {
    return Objects.requireNonNull(splits.get(split));
  }

  private static Set<String> jobs(Set<String> pictures) {
    Set<String> jobs = new HashSet<>();
    pictures.forEach(picture -> jobs.add(picture.replaceAll("/.*", "")));
    return jobs;
  }

  @Test
  void jobsThatAreKeptTogetherAreInOneSplit() throws Exception {
    PlanRows rows = new PlanRows();
    for (int job = 0; job < 60; job++) {
      rows.job("job-" + job, 1 + job % 7, Map.of());
    }
    SplitSettings settings = new SplitSettings(SPLITS, null, Unit.JOB, 3);
    Map<String, Set<String>> splits =
        bySplit(plan(request(PackFormat.PARQUET, null, settings, null, LARGE), rows));

    Set<String> seen = new HashSet<>();
    for (Set<String> pictures : splits.values()) {
      for (String job : jobs(pictures)) {
        assertTrue(seen.add(job), job + " is in two splits");
      }
    }
    assertEquals(60, seen.size());
    assertEquals(0.8 * rows.size(), of(splits, "train").size(), 14);
  }

  @Test
  void theSeedAloneDecides() throws Exception {
    PlanRows rows = new PlanRows().job("a", 200, Map.of());
    ExportRequest seven =
        request(
            PackFormat.PARQUET,
            null,
            new SplitSettings(SPLITS, null, Unit.PICTURE, 7),
            null,
            LARGE);
    ExportRequest eight =
        request(
            PackFormat.PARQUET,
            null,
            new SplitSettings(SPLITS, null, Unit.PICTURE, 8),
            null,
            LARGE);
    List<List<String>> first = packed(plan(seven, rows));
    assertEquals(first, packed(plan(seven, rows)));
    assertNotEquals(first, packed(plan(eight, rows)));
  }

  @Test
  void shuffledRowsAreAllThereInAnotherOrder() throws Exception {
    PlanRows rows = new PlanRows().job("a", 50, Map.of());
    List<String> plain =
        packed(plan(request(PackFormat.METADATA, null, SplitSettings.none(), null, LARGE), rows))
            .get(0);
    ExportRequest request = request(PackFormat.METADATA, null, SplitSettings.none(), 5L, LARGE);
    List<String> shuffled = packed(plan(request, rows)).get(0);

    assertNotEquals(plain, shuffled);
    assertEquals(new TreeSet<>(plain), new TreeSet<>(shuffled));
    assertEquals(shuffled, packed(plan(request, rows)).get(0));
  }

  @Test
  void classFoldersHaveShardsOfOneClass() throws Exception {
    PlanRows rows =
        new PlanRows()
            .job("a", 3, Map.of("sky", "sun"))
            .job("b", 2, Map.of("sky", "rain"))
            .job("c", 1, Map.of("sky", "sun"));
    Plan plan =
        plan(
            request(
                PackFormat.IMAGEFOLDER,
                "sky",
                SplitSettings.none(),
                null,
                new ShardSettings(3, 1 << 20)),
            rows);
    assertEquals(
        List.of(List.of("b/0", "b/1"), List.of("a/0", "a/1", "a/2"), List.of("c/0")), packed(plan));
    assertEquals(
        List.of("rain", "sun", "sun"),
        plan.shards().stream().map(s -> s.shard().className()).toList());
    assertEquals(List.of("rain", "sun"), plan.settings().classes());
  }

  @Test
  void picturesWithoutTheClassLabelAreRefused() throws Exception {
    PlanRows rows = new PlanRows().job("a", 3, Map.of("sky", "sun")).job("b", 2, Map.of());
    PlanException refused =
        assertThrows(
            PlanException.class,
            () ->
                plan(
                    request(PackFormat.IMAGEFOLDER, "sky", SplitSettings.none(), null, LARGE),
                    rows));
    assertTrue(String.valueOf(refused.getMessage()).contains("2 of its 5"), refused.getMessage());
    assertTrue(bench.plan().isEmpty());
  }

  @Test
  void thePlanIsReadAsItWasPinnedAndGoneWhenCleared() throws Exception {
    PlanRows rows = new PlanRows().job("a", 3, Map.of("sky", "sun", "n", 3L));
    ExportRequest request =
        request(
            PackFormat.PARQUET,
            "sky",
            new SplitSettings(SPLITS, "sky", Unit.JOB, Long.MIN_VALUE),
            -1L,
            new ShardSettings(2, 1000));
    Plan plan = plan(request, rows);

    assertEquals(plan, bench.plan().orElseThrow());
    assertEquals(request, bench.plan().orElseThrow().request());
    bench.clear();
    assertTrue(bench.plan().isEmpty());
    assertEquals(List.of(), new ArrayList<>(names()));
  }

  @Test
  void theFirstToPinIsTheOnlyOneUntilItIsReplaced() throws Exception {
    Pin first = pin();
    Workbench one = new Workbench(target, first);
    Workbench two = new Workbench(target, pin());

    assertEquals(first, one.pin());
    assertEquals(first, two.pin(), "which says the same, and is another");
    assertTrue(Workbench.open(target).orElseThrow().isPinned());
    one.requirePinned();
    assertThrows(NotPinnedException.class, two::requirePinned);

    one.putDone(0, "one");
    assertTrue(two.done(0, String.class).isEmpty(), "nobody takes another's work for its own");
    two.clear();
    one.requirePinned();
    two.pinInstead();
    assertThrows(NotPinnedException.class, one::requirePinned);
    one.clear();
    two.requirePinned();
    two.clear();
    assertEquals(Optional.empty(), Workbench.pinned(target));
    assertEquals(List.of(), names());
  }

  private List<String> names() throws Exception {
    List<String> names = new ArrayList<>();
    target.list("").forEach(names::add);
    return names;
  }

  @Test
  void otherRowsOrOtherRequestsAreOtherContent() throws Exception {
    ExportRequest one = request(PackFormat.PARQUET, null, SplitSettings.none(), null, LARGE);
    ExportRequest other = request(PackFormat.PARQUET, null, SplitSettings.none(), 1L, LARGE);
    String content = ContentId.of(one, new PlanRows().job("a", 3, Map.of()));

    assertEquals(content, ContentId.of(one, new PlanRows().job("a", 3, Map.of())));
    assertNotEquals(content, ContentId.of(other, new PlanRows().job("a", 3, Map.of())));
    assertNotEquals(content, ContentId.of(one, new PlanRows().job("a", 2, Map.of())));
    assertNotEquals(content, ContentId.of(one, new PlanRows().job("b", 3, Map.of())));
  }

  @Test
  void splitsThatMakeNoSenseAreRefused() {
    for (String text :
        List.of("train", "train=0.5", "train=0.5,train=0.5", "all=1", "a=-1,b=2", "")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new SplitSettings(SplitSettings.parse(text), null, Unit.PICTURE, 0),
          text);
    }
  }
}
