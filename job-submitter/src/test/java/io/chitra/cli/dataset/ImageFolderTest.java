package io.chitra.cli.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

  @TempDir Path folder;

  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final AtomicInteger fetched = new AtomicInteger();

  private CompletableFuture<byte[]> fetch(String key) {
    fetched.incrementAndGet();
    byte[] object = objects.get(key);
    return object == null
        ? CompletableFuture.failedFuture(new IOException("there is no such object"))
        : CompletableFuture.completedFuture(object);
  }

  private ImageRecord.Builder picture(String jobId, int index) {
    byte[] file = (jobId + "/" + index).getBytes(UTF_8);
    ImageRecord.Builder record = TestRecords.record(jobId, index, file);
    objects.put(record.getObjectKey(), file);
    return record;
  }

  private static void add(ImageFolder dataset, int position, ImageRecord record) throws Exception {
    dataset.add(position, 2, 100L + position, Codec.imageRecords().encode(record), record);
  }

  private ImageFolder.Written write(ImageRecord.Builder... pictures) throws Exception {
    try (ImageFolder dataset = ImageFolder.open(folder, this::fetch)) {
      for (int i = 0; i < pictures.length; i++) {
        add(dataset, i, pictures[i].build());
      }
      return dataset.finish();
    }
  }

  private List<JsonNode> rows() throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("metadata.jsonl"))) {
      rows.add(new JsonMapper().readTree(line));
    }
    return rows;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyPictureHasItsFileAndItsRow() throws Exception {
    ImageFolder.Written written =
        write(picture("cat", 0).setLabels(Map.of("colour", "blue", "n", 3L)));

    assertEquals(1, written.rows());
    assertEquals(List.of("images/00000/cat-0.png", "metadata.jsonl"), files());
    assertArrayEquals(
        "cat/0".getBytes(UTF_8), Files.readAllBytes(folder.resolve("images/00000/cat-0.png")));
    JsonNode row = rows().get(0);
    assertEquals("images/00000/cat-0.png", row.get("file_name").textValue());
    assertEquals("নীল বিড়াল", row.get("prompt").textValue());
    assertTrue(row.get("negative_prompt").isNull());
    assertEquals(7.0, row.get("guidance_scale").doubleValue());
    assertTrue(row.get("guidance_scale").isDouble());
    assertEquals(4294967295L, row.get("seed").longValue());
    assertEquals("blue", row.get("label_colour").textValue());
    assertEquals(3, row.get("label_n").intValue());
    assertEquals("render.jobs", row.get("submission_topic").textValue());
    assertEquals(1, row.get("submission_partition").intValue());
    assertEquals(7, row.get("submission_offset").longValue());
    assertEquals(2, row.get("result_partition").intValue());
    assertEquals(100, row.get("result_offset").longValue());
    assertFalse(row.has("image"));
  }

  @Test
  void rowsAreInTheOrderOfTheJobsHoweverTheyCome() throws Exception {
    try (ImageFolder dataset = ImageFolder.open(folder, this::fetch)) {
      for (int position : new int[] {2, 0, 3, 1}) {
        add(dataset, position, picture("job-" + position, 0).build());
      }
      dataset.finish();
    }

    assertEquals(
        List.of("job-0", "job-1", "job-2", "job-3"),
        rows().stream().map(row -> row.get("job_id").textValue()).toList());
  }

  @Test
  void everyRowHasEveryColumn() throws Exception {
    write(
        picture("a", 0).setLabels(Map.of("colour", "red")),
        picture("b", 0).setNegativePrompt("snow"));

    List<String> columns = new ArrayList<>();
    rows().get(0).fieldNames().forEachRemaining(columns::add);
    List<String> columnsOfSecond = new ArrayList<>();
    rows().get(1).fieldNames().forEachRemaining(columnsOfSecond::add);
    assertEquals(columns, columnsOfSecond);
    assertTrue(rows().get(1).get("label_colour").isNull());
  }

  @Test
  void moreThanAFolderHoldsGoesIntoTheNext() throws Exception {
    try (ImageFolder dataset = ImageFolder.open(folder, this::fetch)) {
      add(dataset, 8_999, picture("a", 0).build());
      add(dataset, 9_000, picture("b", 0).build());
      dataset.finish();
    }

    assertEquals(
        List.of("images/00000/a-0.png", "images/00001/b-0.png", "metadata.jsonl"), files());
  }

  @Test
  void picturesOfAnEarlierRunAreReplaced() throws Exception {
    write(picture("a", 0), picture("b", 0), picture("c", 0));
    Files.writeString(folder.resolve("images/00000/mine.png"), "foreign");
    Files.writeString(folder.resolve("contact-sheet.png"), "sheet");

    ImageFolder.Written written = write(picture("a", 0), picture("d", 0));

    assertEquals(2, written.removed());
    assertEquals(1, written.foreign());
    assertEquals(
        List.of(
            "contact-sheet.png",
            "images/00000/a-0.png",
            "images/00000/d-0.png",
            "images/00000/mine.png",
            "metadata.jsonl"),
        files());
  }

  @Test
  void emptyFoldersOfAnEarlierRunAreRemoved() throws Exception {
    try (ImageFolder dataset = ImageFolder.open(folder, this::fetch)) {
      add(dataset, 10_000, picture("b", 0).build());
      dataset.finish();
    }

    write(picture("a", 0));

    assertFalse(Files.exists(folder.resolve("images/00001")));
  }

  @Test
  void earlierMetadataNamesNoFilesElsewhere() throws Exception {
    Path elsewhere = Files.writeString(folder.resolve("keep.png"), "mine");
    Files.writeString(
        folder.resolve("metadata.jsonl"),
        "{\"file_name\":\"keep.png\",\"job_id\":\"a\",\"object_key\":\"k\"}\n");

    assertEquals(0, write(picture("a", 0)).removed());

    assertTrue(Files.exists(elsewhere));
  }

  @Test
  void whatIsThereAndRightIsNotFetchedAgain() throws Exception {
    write(picture("a", 0), picture("b", 0));
    Files.writeString(folder.resolve("images/00000/b-0.png"), "damaged");
    fetched.set(0);

    write(picture("a", 0), picture("b", 0));

    assertEquals(1, fetched.get());
    assertEquals("b/0", Files.readString(folder.resolve("images/00000/b-0.png")));
  }

  @Test
  void aPictureThatCannotBeFetchedHasNoRow() throws Exception {
    ImageRecord.Builder lost = picture("lost", 0);
    objects.remove(lost.getObjectKey());
    ImageRecord.Builder changed = picture("changed", 0);
    objects.put(changed.getObjectKey(), "other".getBytes(UTF_8));

    ImageFolder.Written written = write(picture("a", 0), lost, changed);

    assertEquals(1, written.rows());
    assertEquals(2, written.lost());
    assertTrue(written.firstLoss().orElseThrow().startsWith("Cannot fetch picture images/"));
    assertEquals(List.of("images/00000/a-0.png", "metadata.jsonl"), files());
  }

  @Test
  void aRunThatIsKilledLeavesNoRowsOfReplacedPictures() throws Exception {
    write(picture("a", 0), picture("b", 0));

    try (ImageFolder killed = ImageFolder.open(folder, this::fetch)) {
      add(killed, 0, picture("a", 0).build());
    }
    assertFalse(Files.exists(folder.resolve("metadata.jsonl")));

    assertEquals(1, write(picture("a", 0)).removed());
    assertEquals(List.of("images/00000/a-0.png", "metadata.jsonl"), files());
  }

  @Test
  void anEarlierDatasetStaysUntilTheFirstPictureComes() throws Exception {
    write(picture("a", 0));
    List<String> before = files();

    ImageFolder.open(folder, this::fetch).close();

    assertEquals(before, files());
  }

  @Test
  void anotherProgramsDatasetIsNotTouched() throws Exception {
    Files.writeString(folder.resolve("metadata.jsonl"), "{\"file_name\": \"a.png\"}\n");

    DatasetException e =
        assertThrows(DatasetException.class, () -> ImageFolder.open(folder, this::fetch));

    assertTrue(String.valueOf(e.getMessage()).contains("not written by chitra"), e.getMessage());
    assertEquals(List.of("metadata.jsonl"), files());
  }

  @Test
  void aFileInThePlaceOfTheFolderIsAClearError() throws Exception {
    Path file = Files.writeString(folder.resolve("out"), "");

    DatasetException e =
        assertThrows(DatasetException.class, () -> ImageFolder.open(file, this::fetch));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("Cannot write the dataset to " + file),
        e.getMessage());
  }

  @Test
  void aRunWithoutPicturesWritesAnEmptyDataset() throws Exception {
    ImageFolder.Written written = write();

    assertEquals(0, written.rows());
    assertEquals(List.of(), rows());
  }

  @Test
  void entriesAreTheFinishedPictures() throws Exception {
    try (ImageFolder dataset = ImageFolder.open(folder, this::fetch)) {
      add(dataset, 0, picture("a", 0).build());
      ImageRecord.Builder lost = picture("lost", 0);
      objects.remove(lost.getObjectKey());
      add(dataset, 1, lost.build());
      dataset.finish();

      assertEquals(2, dataset.positions());
      assertEquals("a", dataset.entry(0).orElseThrow().jobId());
      assertEquals(folder.resolve("images/00000/a-0.png"), dataset.entry(0).orElseThrow().file());
      assertTrue(dataset.entry(1).isEmpty());
    }
  }
}
