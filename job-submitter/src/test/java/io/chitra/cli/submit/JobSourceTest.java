package io.chitra.cli.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.job.JobDefaults;
import io.chitra.job.JobFile;
import io.chitra.job.JobLimits;
import io.chitra.job.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobSourceTest {

  @TempDir Path folder;

  private static List<String> prompts(JobSource source) throws IOException {
    List<String> prompts = new ArrayList<>();
    try (JobSource.Lines lines = source.open(JobDefaults.NONE, JobLimits.defaults())) {
      for (Line line = lines.next(); line != null; line = lines.next()) {
        prompts.add(assertInstanceOf(Line.JobLine.class, line).job().getPrompt());
      }
    }
    return prompts;
  }

  @Test
  void aFileIsReadAsOftenAsNeeded() throws IOException {
    Path file = Files.writeString(folder.resolve("weather.jsonl"), "{\"prompt\":\"rain\"}\n");

    try (JobSource source = JobSource.file(file, Optional.empty())) {
      assertEquals(List.of("rain"), prompts(source));
      assertEquals(List.of("rain"), prompts(source));
      assertEquals("weather", source.datasetName());
      assertEquals(file.toString(), source.name());
    }
  }

  @Test
  void theFormatGoesByTheNameUnlessItIsSaid() throws IOException {
    Path csv = Files.writeString(folder.resolve("a.csv"), "prompt\nrain\n");
    Path text = Files.writeString(folder.resolve("a.txt"), "prompt\nsnow\n");

    try (JobSource byName = JobSource.file(csv, Optional.empty());
        JobSource said = JobSource.file(text, Optional.of(JobFile.Format.CSV))) {
      assertEquals(List.of("rain"), prompts(byName));
      assertEquals(List.of("snow"), prompts(said));
    }
  }

  @Test
  void standardInputIsReadAsOftenAsNeeded() throws IOException {
    byte[] lines = "{\"prompt\":\"নীল\"}\n{\"prompt\":\"b\"}\n".getBytes(UTF_8);

    try (JobSource source =
        JobSource.standardInput(new ByteArrayInputStream(lines), Optional.empty())) {
      assertEquals(List.of("নীল", "b"), prompts(source));
      assertEquals(List.of("নীল", "b"), prompts(source));
      assertEquals("stdin", source.datasetName());
    }
  }

  @Test
  void aPromptIsOneJob() throws IOException {
    try (JobSource source = JobSource.prompt("a cat")) {
      assertEquals(List.of("a cat"), prompts(source));
      assertEquals(List.of("a cat"), prompts(source));
    }
  }

  @Test
  void aFileThatIsNotThereIsSaidAtOnce() {
    IOException e =
        assertThrows(
            IOException.class,
            () -> JobSource.file(folder.resolve("none.jsonl"), Optional.empty()));

    assertTrue(String.valueOf(e.getMessage()).startsWith("Cannot read"), e.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "first-look.jsonl, first-look",
    "a.b.csv, a",
    "my jobs (2).jsonl, my-jobs-2",
    "চিত্র.jsonl, dataset",
    ".jsonl, jsonl",
    "..., dataset"
  })
  void datasetsAreNamedByTheFile(String file, String dataset) {
    assertEquals(dataset, JobSource.datasetName(file));
  }
}
