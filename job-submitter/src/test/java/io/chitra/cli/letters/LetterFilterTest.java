package io.chitra.cli.letters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.letters.Letter.JobName;
import io.chitra.cli.letters.Letter.Standing;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.Topics;
import io.chitra.schemas.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LetterFilterTest {

  static Letter letter(long offset, Optional<Indexes.Range> range) {
    return new Letter(
        new Place("render.dead-letters", 0, offset),
        Instant.EPOCH,
        new Place("render.jobs.high", 2, 17),
        Optional.of(new JobName("weather", "rain")),
        range,
        Stage.RENDER,
        "RenderException",
        "Cannot render: access denied (403)",
        Standing.STANDS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "dataset=weather; true",
        "dataset=wea; false",
        "dataset!=weather; false",
        "dataset~^wea; true",
        "job=rain; true",
        "job!~r..n; false",
        "stage=render; true",
        "stage=RENDER; true",
        "stage=DECODE; false",
        "error=renderexception; true",
        "message~ACCESS DENIED; true",
        "message~\\(403\\)$; true",
        "message!~403; false",
        "topic=render.jobs.high; true",
        "topic=render.jobs; false"
      })
  void aConditionPicks(String expression, boolean picked) {
    assertEquals(
        picked, LetterFilter.parse(List.of(expression)).picks(letter(1, Optional.empty())));
  }

  @Test
  void allConditionsMustHold() {
    Letter letter = letter(1, Optional.empty());
    assertTrue(LetterFilter.parse(List.of("job=rain", "stage=RENDER")).picks(letter));
    assertEquals(false, LetterFilter.parse(List.of("job=rain", "stage=DECODE")).picks(letter));
    assertTrue(LetterFilter.ALL.picks(letter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rain", "colour=red", "message~(", "=x"})
  void whatIsNoConditionIsSaid(String expression) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> LetterFilter.parse(List.of(expression)));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("Cannot filter by '" + expression + "'"),
        e.getMessage());
  }

  @Test
  void singlePicturesOfASubmissionAreAskedForInRanges() {
    Redrive redrive =
        Redrive.of(
            List.of(
                letter(1, Optional.of(new Indexes.Range(4, 5))),
                letter(2, Optional.of(new Indexes.Range(3, 4))),
                letter(3, Optional.of(new Indexes.Range(9, 10))),
                letter(4, Optional.empty())));

    assertEquals(3, redrive.pictures());
    assertEquals(1, redrive.wholes().size());
    assertEquals("{render.jobs.high-2@17=3-4,9}", redrive.ranges().toString());
  }

  @Test
  void lettersAreNamedByPartitionAndOffset() {
    Place place = new Place("render.dead-letters", 0, 17);
    assertEquals("0@17", letter(17, Optional.empty()).id());
    assertEquals(Optional.of(place), LetterLookup.place("17", Topics.USUAL));
    assertEquals(Optional.of(place), LetterLookup.place("0@17", Topics.USUAL));
    assertEquals(Optional.of(place), LetterLookup.place("render.dead-letters-0@17", Topics.USUAL));
    assertEquals(Optional.empty(), LetterLookup.place("render.jobs-0@17", Topics.USUAL));
    assertEquals(Optional.empty(), LetterLookup.place("first", Topics.USUAL));
  }
}
