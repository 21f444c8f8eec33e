package io.chitra.dataset.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.Samples;
import io.chitra.dataset.Samples.Sample;
import io.chitra.dataset.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardWritersTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  private final List<Sample> samples = Samples.all();

  private PackSettings settings(PackFormat format) {
    Survey survey = new Survey("weather");
    samples.forEach(sample -> survey.see(sample.row()));
    return survey.settings(format, null);
  }

  private FinishedShard write(PackSettings settings, Shard shard, String name) throws IOException {
    Path place = Files.createDirectory(folder.resolve(name));
    try (ShardWriter writer = ShardWriters.of(settings, shard, place)) {
      for (Sample sample : samples) {
        writer.add(sample.row(), settings.format().holdsPictures() ? sample.picture() : null);
      }
      return writer.finish();
    }
  }

  private Shard shard(@Nullable String split) {
    return new Shard(split, 3, 5, null, samples.size());
  }

  @ParameterizedTest
  @EnumSource(PackFormat.class)
  void theSameRowsGiveTheSameBytes(PackFormat format) throws Exception {
    FinishedShard one = write(settings(format), shard("train"), "one");
    FinishedShard other = write(settings(format), shard("train"), "other");

    assertEquals(one.summary(), other.summary());
    assertEquals(digests(one), digests(other));
  }

  private static SortedMap<String, String> digests(FinishedShard shard) throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    for (ShardFile file : shard.files()) {
      digests.put(file.name(), Sha256.of(file.file()));
    }
    return digests;
  }

  @Test
  void aWebDatasetHasImg2datasetsNamesAndFields() throws Exception {
    FinishedShard shard = write(settings(PackFormat.WEBDATASET), shard("train"), "web");

    assertEquals(
        List.of(
            "train/00003.tar",
            "train/00003.parquet",
            "train/00003_stats.json",
            ".chitra/regions/train-00003.jsonl"),
        shard.files().stream().map(ShardFile::name).toList());
    Map<String, byte[]> entries = entries(shard.files().get(0).file());
    assertEquals(3 * samples.size(), entries.size());
    Sample sample = samples.get(9);
    assertArrayEquals(sample.picture().file(), entries.get("000030009.png"));
    assertEquals(
        sample.row().record().getPrompt(), new String(entries.get("000030009.txt"), UTF_8));
    assertTrue(entries.containsKey("000030006.jpg"));
    JsonNode json = JSON.readTree(entries.get("000030009.json"));
    assertEquals("000030009", json.get("key").textValue());
    assertEquals("s3://chitra/images/cd/shape-0.png", json.get("url").textValue());
    assertEquals("success", json.get("status").textValue());
    assertEquals(sample.picture().sha256(), json.get("sha256").textValue());
    assertEquals("Sun/dry", json.get("label").textValue());
    assertEquals(2, json.get("label_count").longValue());
    assertEquals("{\"count\":12,\"successes\":12}", counts(shard.files().get(2).file()));
  }

  private static String counts(Path stats) throws IOException {
    JsonNode json = JSON.readTree(stats.toFile());
    return "{\"count\":%s,\"successes\":%s}".formatted(json.get("count"), json.get("successes"));
  }

  private static Map<String, byte[]> entries(Path tar) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)))) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        assertEquals(0, entry.getLastModifiedTime().toMillis());
        assertEquals(0, entry.getLongUserId());
        assertEquals("", entry.getUserName());
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  @Test
  void anImageFolderHasAFolderForEachClass() throws Exception {
    List<Sample> dry =
        samples.stream()
            .filter(sample -> "Sun/dry".equals(sample.row().record().getLabels().get("weather")))
            .toList();
    PackSettings settings = settings(PackFormat.IMAGEFOLDER);
    Path place = Files.createDirectory(folder.resolve("images"));
    FinishedShard shard;
    try (ShardWriter writer =
        ShardWriters.of(settings, new Shard("test", 0, 1, "Sun/dry", dry.size()), place)) {
      for (Sample sample : dry) {
        writer.add(sample.row(), sample.picture());
      }
      shard = writer.finish();
    }

    String name = shard.files().get(0).name();
    assertTrue(name.matches("test/Sun_dry~[0-9a-f]{12}/00000/blue-cat-1.png"), name);
    assertEquals("metadata.parquet", shard.files().get(dry.size()).file().getFileName().toString());
    assertEquals(dry.get(0).picture().sha256(), Sha256.of(shard.files().get(0).file()));
    assertEquals(Map.of("Sun/dry", (long) dry.size()), shard.summary().classes());
    try (ParquetFileReader table =
        ParquetFileReader.open(
            new LocalInputFile(shard.files().get(dry.size()).file()),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      String features =
          table.getFooter().getFileMetaData().getKeyValueMetaData().get("huggingface");
      JsonNode label = JSON.readTree(features).at("/info/features/label");
      assertEquals("ClassLabel", label.path("_type").textValue(), features);
      assertEquals(2, label.path("names").size(), features);
    }
  }

  @Test
  void tablesAreCalledAsTheHubCallsThem() throws Exception {
    assertEquals(
        "data/train-00003-of-00005.parquet",
        write(settings(PackFormat.PARQUET), shard(null), "none").files().get(0).name());
    assertEquals(
        "data/test-00003-of-00005.parquet",
        write(settings(PackFormat.METADATA), shard("test"), "test").files().get(0).name());
  }

  @Test
  void theSummarySaysWhatIsInside() throws Exception {
    ShardSummary summary = write(settings(PackFormat.PARQUET), shard(null), "sum").summary();

    assertEquals(samples.size(), summary.rows());
    assertEquals(Map.of("png", 10L, "jpg", 2L), summary.extensions());
    assertEquals(Map.of("rain", 7L, "Sun/dry", 5L), summary.classes());
    assertEquals(Map.of("text_to_image", 9L, "inpainting", 3L), summary.tasks());
    assertEquals(Map.of("near-duplicates", 1L, "contrast", 1L), summary.failedGates());
    assertEquals(3, summary.regions());
    assertEquals(List.of(new ShardSummary.Model("56".repeat(32), "ink", 1)), summary.adapters());
    assertEquals(summary, JSON.readValue(JSON.writeValueAsBytes(summary), ShardSummary.class));
  }

  @Test
  void regionsAreInPixelsOfThePackedPicture() throws Exception {
    FinishedShard shard = write(settings(PackFormat.PARQUET), shard(null), "regions");
    List<RegionLine> regions;
    try (var lines = Files.lines(shard.files().get(1).file())) {
      regions = lines.map(ShardWritersTest::region).collect(Collectors.toList());
    }

    RegionLine rectangle = regions.get(0);
    assertEquals("shape-0.png", rectangle.fileName());
    assertEquals(List.of(4.0, 2.0, 10.0, 8.0), rectangle.bbox());
    assertEquals(80.0, rectangle.area());
    RegionLine polygon = regions.get(1);
    assertEquals(List.of(0.0, 0.0, 12.0, 0.0, 0.0, 8.0), polygon.polygon());
    assertEquals(48.0, polygon.area());
    RegionLine mask = regions.get(2);
    assertEquals(List.of(0.0, 0.0, 12.0, 16.0), mask.bbox());
    assertEquals(List.of(0, 12 * 16, 12 * 16), mask.counts());
  }

  private static RegionLine region(String line) {
    try {
      return JSON.readValue(line, RegionLine.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aShardHasAsManyPicturesAsWasPlanned() throws Exception {
    Path place = Files.createDirectory(folder.resolve("short"));
    PackSettings settings = settings(PackFormat.METADATA);
    try (ShardWriter writer = ShardWriters.of(settings, new Shard(null, 0, 1, null, 1), place)) {
      assertThrows(IllegalStateException.class, writer::finish);
      writer.add(samples.get(0).row(), null);
      assertThrows(IllegalStateException.class, () -> writer.add(samples.get(1).row(), null));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new Shard(null, 0, 1, null, Shard.MOST_ROWS + 1));
  }

  @Test
  void settingsTravelAsJson() throws Exception {
    PackSettings settings = settings(PackFormat.WEBDATASET);

    assertEquals(List.of("Sun/dry", "rain"), settings.classes());
    assertTrue(settings.optionalColumns().contains("strength"));
    assertTrue(!settings.optionalColumns().contains("eta"));
    assertEquals(settings, JSON.readValue(JSON.writeValueAsBytes(settings), PackSettings.class));
  }
}
