package io.chitra.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Broken lines and all that is said about them, from resources of blocks: the lines of a job file,
 * each after "> ", then what comes of them.
 */
class BrokenLinesTest {

  static Stream<Arguments> jsonLines() throws IOException {
    return blocks("broken-lines-json.txt");
  }

  static Stream<Arguments> csv() throws IOException {
    return blocks("broken-lines-csv.txt");
  }

  @ParameterizedTest
  @MethodSource
  void jsonLines(String file, List<String> expected) throws IOException {
    assertEquals(expected, outcomes(file, JobFile.Format.JSON_LINES));
  }

  @ParameterizedTest
  @MethodSource
  void csv(String file, List<String> expected) throws IOException {
    assertEquals(expected, outcomes(file, JobFile.Format.CSV));
  }

  @Test
  void theTableIsLong() throws IOException {
    assertTrue(jsonLines().count() >= 80);
  }

  private static Stream<Arguments> blocks(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(BrokenLinesTest.class.getResourceAsStream(resource))) {
      return Stream.of(new String(in.readAllBytes(), UTF_8).strip().split("\n\n"))
          .map(BrokenLinesTest::block);
    }
  }

  private static Arguments block(String block) {
    List<String> file = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (String line : block.lines().toList()) {
      if (line.startsWith("> ")) {
        file.add(line.substring(2));
      } else {
        expected.add(line);
      }
    }
    return Arguments.of(String.join("\n", file), expected);
  }

  private static List<String> outcomes(String text, JobFile.Format format) throws IOException {
    List<String> outcomes = new ArrayList<>();
    var in = new ByteArrayInputStream(text.getBytes(UTF_8));
    try (JobFile file = JobFile.read("f", in, format, JobDefaults.NONE, JobLimits.defaults())) {
      for (Line line = file.next(); line != null; line = file.next()) {
        if (line instanceof Line.BadLine bad) {
          outcomes.addAll(bad.messages());
        } else {
          outcomes.add(line.location() + ": good");
        }
      }
    }
    return outcomes;
  }
}
