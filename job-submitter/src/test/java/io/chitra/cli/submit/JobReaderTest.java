package io.chitra.cli.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.submit.ModelShelf.Model;
import io.chitra.job.JobDefaults;
import io.chitra.job.JobLimits;
import io.chitra.job.Line;
import io.chitra.schemas.RenderJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobReaderTest {

  private final Path folder;
  private final Model standard;
  private final ModelShelf shelf;

  JobReaderTest(@TempDir Path folder, @TempDir Path models) throws Exception {
    this.folder = folder;
    this.standard = Model.read(TestModels.create(models), "standard");
    this.shelf = new ModelShelf(folder, standard);
  }

  private List<Line> read(String... lines) throws Exception {
    Path file = Files.write(folder.resolve("jobs.jsonl"), List.of(lines), UTF_8);
    List<Line> read = new ArrayList<>();
    try (JobSource source = JobSource.file(file, Optional.empty());
        JobReader reader = JobReader.open(source, JobDefaults.NONE, JobLimits.defaults(), shelf)) {
      for (Line line = reader.next(); line != null; line = reader.next()) {
        read.add(line);
      }
    }
    return read;
  }

  @Test
  void jobsAreResolvedWithTheStandardModel() throws Exception {
    RenderJob job = ((Line.JobLine) read("{\"id\":\"a\",\"prompt\":\"নীল বিড়াল\"}").get(0)).job();

    assertEquals("নীল বিড়াল", job.getPrompt());
    assertEquals(standard.facts().digest(), job.getModelDigest());
    assertEquals("standard", job.getModelName());
    assertEquals("DDIMScheduler", job.getScheduler());
    assertEquals(64, job.getWidth());
    assertEquals(1, job.getIndexCount());
    assertNull(job.getNegativePrompt());
    assertTrue(String.valueOf(job.getSourceLine()).endsWith("jobs.jsonl:1"));
  }

  @Test
  void aLineMayNameAnotherModelBesideTheFile() throws Exception {
    Path other = TestModels.create(folder.resolve("models/other"));
    Files.writeString(other.resolve("chitra.json"), "{\"num_inference_steps\": 9}");

    List<Line> lines =
        read(
            "{\"prompt\":\"a\",\"model\":\"models/other\"}",
            "{\"prompt\":\"b\",\"model\":\"%s\"}".formatted(other.toString().replace('\\', '/')),
            "{\"prompt\":\"c\"}");

    RenderJob first = ((Line.JobLine) lines.get(0)).job();
    assertEquals("other", first.getModelName());
    assertEquals(9, first.getNumInferenceSteps());
    assertNotEquals(standard.facts().digest(), first.getModelDigest());
    assertEquals(first.getModelDigest(), ((Line.JobLine) lines.get(1)).job().getModelDigest());
    assertEquals(2, shelf.used().size());
  }

  @Test
  void badLinesStandBesideGoodOnes() throws Exception {
    List<Line> lines =
        read(
            "{\"id\":\"size\",\"prompt\":\"a\",\"width\":72}",
            "not json",
            "{\"id\":\"model\",\"prompt\":\"a\",\"model\":\"nowhere\"}",
            "{\"id\":\"model2\",\"prompt\":\"a\",\"model\":\"nowhere\"}",
            "{\"id\":\"good\",\"prompt\":\"a\"}");

    List<String> messages =
        lines.stream()
            .filter(Line.BadLine.class::isInstance)
            .flatMap(line -> ((Line.BadLine) line).messages().stream())
            .map(message -> message.substring(message.indexOf("jobs.jsonl")))
            .toList();
    assertEquals(4, messages.size());
    assertTrue(messages.get(0).startsWith("jobs.jsonl:1: width: 72"), messages.get(0));
    assertTrue(messages.get(1).startsWith("jobs.jsonl:2: "), messages.get(1));
    assertTrue(messages.get(2).startsWith("jobs.jsonl:3: model: Cannot read"), messages.get(2));
    assertTrue(messages.get(3).startsWith("jobs.jsonl:4: model: Cannot read"), messages.get(3));
    assertEquals("good", ((Line.JobLine) lines.get(4)).job().getId());
  }

  @Test
  void aCheckCountsLinesAndPictures() throws Exception {
    Path file =
        Files.write(
            folder.resolve("jobs.jsonl"),
            List.of(
                "{\"prompt\":\"a\",\"num_images_per_prompt\":3}",
                "{\"prompt\":\"\"}",
                "{\"prompt\":\"b\"}"));
    List<Line.BadLine> refused = new ArrayList<>();

    try (JobSource source = JobSource.file(file, Optional.empty());
        JobReader reader = JobReader.open(source, JobDefaults.NONE, JobLimits.defaults(), shelf)) {
      assertEquals(new JobCheck(2, 4, 1), JobCheck.of(reader, refused::add));
    }
    assertEquals(2, refused.get(0).line());
  }
}
