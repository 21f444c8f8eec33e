package io.chitra.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page about job files names every field, and its examples are good. */
class DocumentationTest {

  private static final Path PAGE = Path.of("..", "docs", "job-files.md");

  private static String examples(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult block) -> block.group(1))
        .collect(Collectors.joining());
  }

  private static List<String> problems(String text, JobFile.Format format) throws IOException {
    List<String> problems = new ArrayList<>();
    var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    try (JobFile file = JobFile.read("page", in, format, JobDefaults.NONE, JobLimits.defaults())) {
      for (Line line = file.next(); line != null; line = file.next()) {
        if (line instanceof Line.BadLine bad) {
          problems.addAll(bad.messages());
        }
      }
    }
    return problems;
  }

  @ParameterizedTest
  @EnumSource(Field.class)
  void namesEveryField(Field field) throws IOException {
    assertTrue(Files.readString(PAGE).contains("`" + field.fieldName() + "`"));
  }

  @Test
  void itsExamplesAreGood() throws IOException {
    assertTrue(examples("json").lines().count() > 10);
    assertEquals(List.of(), problems(examples("json"), JobFile.Format.JSON_LINES));
    assertEquals(List.of(), problems(examples("csv"), JobFile.Format.CSV));
  }
}
