package io.chitra.cli.submit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.submit.ModelShelf.Model;
import io.chitra.job.JobDefaults;
import io.chitra.job.JobLimits;
import io.chitra.job.Line;
import io.chitra.starter.StarterModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The job files that come with the project are good with the model that comes with it. */
class ExamplesTest {

  private static final Path EXAMPLES = Path.of("..", "examples");

  @TempDir private static Path temporary;
  private static ModelShelf models;

  @BeforeAll
  static void unpackTheModel() throws Exception {
    Path folder = StarterModel.unpack(temporary.resolve("model"));
    models = new ModelShelf(EXAMPLES, Model.read(folder, "starter-model"));
  }

  static List<Path> jobFiles() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().matches(".*\\.(jsonl|csv)")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("jobFiles")
  void everyLineIsGood(Path file) throws Exception {
    List<String> refused = new ArrayList<>();

    try (JobSource source = JobSource.file(file, Optional.empty());
        InputShelf inputs = new InputShelf(EXAMPLES);
        JobReader reader =
            JobReader.open(source, JobDefaults.NONE, JobLimits.defaults(), models, inputs)) {
      JobCheck check = JobCheck.of(reader, bad -> refused.addAll(bad.messages()));
      assertEquals(List.of(), refused);
      assertTrue(check.jobs() >= 6, check.toString());
    }
  }

  @Test
  void theFirstLookHasABlueCatInBengali() throws Exception {
    List<String> prompts = new ArrayList<>();
    try (JobSource source = JobSource.file(EXAMPLES.resolve("first-look.jsonl"), Optional.empty());
        InputShelf inputs = new InputShelf(EXAMPLES);
        JobReader reader =
            JobReader.open(source, JobDefaults.NONE, JobLimits.defaults(), models, inputs)) {
      for (Line line = reader.next(); line != null; line = reader.next()) {
        prompts.add(((Line.JobLine) line).job().getPrompt());
      }
    }
    assertTrue(prompts.contains("নীল বিড়াল"), prompts.toString());
  }

  @Test
  void everyFileIsDescribed() throws Exception {
    String readme = Files.readString(EXAMPLES.resolve("README.md"));

    for (Path file : jobFiles()) {
      assertTrue(readme.contains(file.getFileName().toString()), file.toString());
    }
  }
}
