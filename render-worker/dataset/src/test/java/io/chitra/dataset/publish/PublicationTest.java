package io.chitra.dataset.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.Samples;
import io.chitra.dataset.Samples.Sample;
import io.chitra.dataset.Sha256;
import io.chitra.dataset.pack.FinishedShard;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.pack.Shard;
import io.chitra.dataset.pack.ShardFile;
import io.chitra.dataset.pack.ShardReport;
import io.chitra.dataset.pack.ShardReport.PutFile;
import io.chitra.dataset.pack.ShardWriter;
import io.chitra.dataset.pack.ShardWriters;
import io.chitra.dataset.pack.Survey;
import io.chitra.dataset.target.Target;
import io.chitra.dataset.target.Targets;
import io.chitra.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Publishes a small dataset in each format to {@code target/exports}, where it stays: {@code
 * examples/datasets/check.py} opens it there with the libraries that its users use.
 */
class PublicationTest {

  private static final Path EXPORTS = Path.of("target", "exports");
  private static final StoreConfig NO_STORE = StoreConfig.aws("us-east-1", "none");
  private static final JsonMapper JSON = new JsonMapper();
  private static final PutFile DROPPED = new PutFile("dropped.jsonl", 3, Sha256.of(bytes("{}\n")));

  @TempDir private Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Target open(Path path) {
    return Targets.open(path.toString(), NO_STORE);
  }

  private static PackSettings settings(PackFormat format) {
    return settings(format, "weather");
  }

  private static PackSettings settings(PackFormat format, @Nullable String classLabel) {
    Survey survey = new Survey(classLabel);
    Samples.all().forEach(sample -> survey.see(sample.row()));
    return survey.settings(format, null);
  }

  private static DatasetFacts facts() {
    return new DatasetFacts(
        "weather",
        "0123456789abcdef".repeat(4),
        "chitra export --dataset weather --format any --to DIR",
        "0.1.0",
        new DatasetFacts.Pictures(16, 2, 1, 0, new TreeMap<>(Map.of("contrast", 1L))),
        new TreeMap<>(Map.of("render.results-0", 12L, "render.jobs-0", 4L)),
        new TreeMap<>(Map.of("min-contrast", "0.02")),
        new TreeMap<>(Map.of("ab".repeat(32), "apache-2.0")));
  }

  /** Puts a dataset's shards: three of training, one of tests; by class where there are folders. */
  private List<ShardReport> putShards(Target target, PackSettings settings) throws IOException {
    List<Sample> samples = Samples.all();
    Map<Shard, List<Sample>> shards = new LinkedHashMap<>();
    if (settings.classLabel() == null) {
      shard(shards, null, 0, 2, null, samples.subList(0, 8));
      shard(shards, null, 1, 2, null, samples.subList(8, 12));
    } else if (settings.format() == PackFormat.IMAGEFOLDER) {
      List<Sample> first = samples.subList(0, 8);
      List<Sample> rest = samples.subList(8, 12);
      for (String name : settings.classes()) {
        shard(shards, "train", 0, 1, name, of(first, name));
      }
      for (String name : settings.classes()) {
        shard(shards, "test", 0, 1, name, of(rest, name));
      }
    } else {
      shard(shards, "train", 0, 2, null, samples.subList(0, 5));
      shard(shards, "train", 1, 2, null, samples.subList(5, 8));
      shard(shards, "test", 0, 1, null, samples.subList(8, 12));
    }
    List<ShardReport> reports = new ArrayList<>();
    for (Map.Entry<Shard, List<Sample>> shard : shards.entrySet()) {
      reports.add(putShard(target, settings, shard.getKey(), shard.getValue()));
    }
    target.put(DROPPED.name(), bytes("{}\n"), "application/jsonl");
    return reports;
  }

  private static List<Sample> of(List<Sample> samples, String className) {
    return samples.stream()
        .filter(sample -> className.equals(sample.row().record().getLabels().get("weather")))
        .toList();
  }

  private static void shard(
      Map<Shard, List<Sample>> shards,
      @Nullable String split,
      int number,
      int count,
      @Nullable String className,
      List<Sample> samples) {
    shards.put(new Shard(split, number, count, className, samples.size()), samples);
  }

  private ShardReport putShard(
      Target target, PackSettings settings, Shard shard, List<Sample> samples) throws IOException {
    Path place = Files.createTempDirectory(folder, "shard");
    try (ShardWriter writer = ShardWriters.of(settings, shard, place)) {
      for (Sample sample : samples) {
        writer.add(sample.row(), settings.format().holdsPictures() ? sample.picture() : null);
      }
      FinishedShard finished = writer.finish();
      List<PutFile> files = new ArrayList<>();
      for (ShardFile file : finished.files()) {
        target.put(file.name(), file.file(), file.contentType());
        files.add(new PutFile(file.name(), Files.size(file.file()), Sha256.of(file.file())));
      }
      return new ShardReport(finished.summary(), files);
    }
  }

  private Manifest publish(Target target, PackFormat format) throws IOException {
    PackSettings settings = settings(format);
    return Publication.publish(
        target, settings, facts(), putShards(target, settings), List.of(DROPPED));
  }

  @ParameterizedTest
  @EnumSource(PackFormat.class)
  void everyFileIsThereAsTheManifestSays(PackFormat format) throws Exception {
    Path place = EXPORTS.resolve(format.name().toLowerCase(Locale.ROOT));
    delete(place);
    try (Target target = open(place)) {
      target.put("stranger.tar", bytes("of a version that was given up"), "text/plain");

      Manifest manifest = publish(target, format);

      assertEquals(Optional.of(manifest), Publication.published(target));
      assertEquals(12, manifest.rows());
      assertEquals(Map.of("train", 8L, "test", 4L), manifest.splits());
      assertEquals(Map.of("rain", 7L, "Sun/dry", 5L), manifest.classes());
      SortedMap<String, String> there = digests(target);
      SortedMap<String, String> said = new TreeMap<>();
      long length = 0;
      for (JsonNode file : JSON.readTree(target.read("manifest.json")).get("files")) {
        said.put(file.get("name").textValue(), file.get("sha256").textValue());
        length += file.get("bytes").longValue();
      }
      assertEquals(manifest.bytes(), length);
      assertEquals(manifest.checksums(), said.get("SHA256SUMS"));
      there.remove("manifest.json");
      assertEquals(there, said);
      said.remove("SHA256SUMS");
      assertEquals(said, sums(target));
    }
  }

  @ParameterizedTest
  @EnumSource(PackFormat.class)
  void aDatasetWithoutSplitsAndClassesIsForTraining(PackFormat format) throws Exception {
    Path place = EXPORTS.resolve("plain-" + format.name().toLowerCase(Locale.ROOT));
    delete(place);
    PackSettings settings = settings(format, null);
    try (Target target = open(place)) {
      Manifest manifest =
          Publication.publish(
              target, settings, facts(), putShards(target, settings), List.of(DROPPED));

      assertEquals(Map.of("train", 12L), manifest.splits());
      assertEquals(Map.of(), manifest.classes());
      assertEquals(OptionalLong.empty(), target.size("classes.json"));
      assertFalse(digests(target).keySet().stream().anyMatch(name -> name.startsWith("train/")));
    }
  }

  private static SortedMap<String, String> digests(Target target) throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    for (String name : target.list("")) {
      digests.put(name, Sha256.of(target.read(name)));
    }
    return digests;
  }

  private static SortedMap<String, String> sums(Target target) throws IOException {
    SortedMap<String, String> sums = new TreeMap<>();
    new String(target.read("SHA256SUMS"), UTF_8)
        .lines()
        .forEach(line -> sums.put(line.substring(66), line.substring(0, 64)));
    return sums;
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PackFormat.class)
  void aCrashAnywhereLeavesAllOrNothingAndTheNextRunGivesTheSameBytes(PackFormat format)
      throws Exception {
    SortedMap<String, String> quiet;
    try (Target target = open(folder.resolve("quiet"))) {
      publish(target, format);
      quiet = digests(target);
    }
    PackSettings settings = settings(format);
    try (Target target = open(folder.resolve("crashing"))) {
      List<ShardReport> shards = putShards(target, settings);
      boolean crashed = true;
      for (int after = 0; crashed; after++) {
        Target failing = new FailingTarget(target, after);
        crashed = false;
        try {
          Publication.publish(failing, settings, facts(), shards, List.of(DROPPED));
        } catch (CrashException e) {
          crashed = true;
          assertTrue(
              Publication.published(target).isEmpty()
                  || digests(target).keySet().containsAll(quiet.keySet()));
          putShards(target, settings);
        }
      }
      assertEquals(quiet, digests(target));
    }
  }

  @ParameterizedTest
  @EnumSource(PackFormat.class)
  void whatIsPublishedStaysSoWhileAnotherRunPublishesTheSame(PackFormat format) throws Exception {
    PackSettings settings = settings(format);
    try (Target target = open(folder.resolve("twice"))) {
      Manifest manifest = publish(target, format);
      List<ShardReport> shards = putShards(target, settings);
      boolean crashed = true;
      for (int after = 0; crashed; after++) {
        crashed = false;
        try {
          Publication.publish(
              new FailingTarget(target, after), settings, facts(), shards, List.of(DROPPED));
        } catch (CrashException e) {
          crashed = true;
        }
        assertEquals(Optional.of(manifest), Publication.published(target), "after " + after);
        putShards(target, settings);
      }
    }
  }

  @Test
  void aWithdrawnDatasetIsNone() throws Exception {
    try (Target target = open(folder.resolve("withdrawn"))) {
      publish(target, PackFormat.METADATA);
      Publication.withdraw(target);

      assertEquals(Optional.empty(), Publication.published(target));
    }
  }

  @Test
  void aManifestOfAnotherKindIsNamed() throws Exception {
    try (Target target = open(folder.resolve("other"))) {
      target.put("manifest.json", bytes("{\"version\": 7, \"files\": []}"), "application/json");

      IOException failure = assertThrows(IOException.class, () -> Publication.published(target));
      assertEquals(
          "Cannot read manifest.json: it has version 7, and this Chitra reads version 1",
          failure.getMessage());
    }
  }

  @Test
  void textsOfJobsMeanNothingInTheCard() throws Exception {
    try (Target target = open(folder.resolve("card"))) {
      publish(target, PackFormat.IMAGEFOLDER);
      String card = new String(target.read("README.md"), UTF_8);

      assertFalse(card.contains("<script>"));
      assertTrue(card.contains("&lt;script&gt;"));
      assertTrue(card.contains("a \\| b &lt;"));
      assertTrue(card.contains("| model | starter\\-model | `" + "ab".repeat(32)));
      assertTrue(card.contains("apache\\-2.0"));
      assertTrue(card.contains("license:\n- unknown"), "the LoRA says none");
    }
  }

  @Test
  void regionsAreAnnotatedBySplit() throws Exception {
    try (Target target = open(folder.resolve("coco"))) {
      publish(target, PackFormat.WEBDATASET);
      JsonNode coco = JSON.readTree(target.read("annotations/instances_test.json"));

      assertEquals(OptionalLong.empty(), target.size("annotations/instances_train.json"));
      assertEquals(3, coco.get("images").size());
      assertEquals(3, coco.get("annotations").size());
      assertEquals("test/00000.tar/000000001.png", coco.at("/images/0/file_name").textValue());
      assertEquals("Sun/dry", coco.at("/categories/0/name").textValue());
      assertEquals(1, coco.at("/annotations/0/category_id").intValue());
      assertEquals(2, coco.at("/annotations/2/category_id").intValue());
      assertEquals("[4.0,2.0,10.0,8.0]", coco.at("/annotations/0/bbox").toString());
      assertEquals("[16,24]", coco.at("/annotations/2/segmentation/size").toString());
    }
  }

  private static final class CrashException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Crashes after so many changes. */
  private static final class FailingTarget implements Target {

    private final Target target;
    private int left;

    FailingTarget(Target target, int left) {
      this.target = target;
      this.left = left;
    }

    private void change() {
      if (left-- == 0) {
        throw new CrashException();
      }
    }

    @Override
    public void put(String name, byte[] bytes, String contentType) throws IOException {
      change();
      target.put(name, bytes, contentType);
    }

    @Override
    public boolean putIfAbsent(String name, byte[] bytes, String contentType) throws IOException {
      change();
      return target.putIfAbsent(name, bytes, contentType);
    }

    @Override
    public void put(String name, Path file, String contentType) throws IOException {
      change();
      target.put(name, file, contentType);
    }

    @Override
    public OptionalLong size(String name) throws IOException {
      return target.size(name);
    }

    @Override
    public byte[] read(String name) throws IOException {
      return target.read(name);
    }

    @Override
    public void download(String name, Path to) throws IOException {
      target.download(name, to);
    }

    @Override
    public Iterable<String> list(String prefix) {
      return target.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
      change();
      target.delete(name);
    }

    @Override
    public void close() {}
  }
}
