package io.chitra.cli.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.cli.check.Event.Kind;
import io.chitra.cli.topics.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoverageTest {

  private static final JobKey JOB = JobKey.of("weather", "rain");

  private final Coverage coverage = new Coverage();
  private final List<String> findings = new ArrayList<>();
  private final List<Place> open = new ArrayList<>();

  private static Place submission(long offset) {
    return new Place("render.jobs", 0, offset);
  }

  private void asked(long offset, long first, long end) {
    coverage.add(new Event(JOB, submission(offset), Kind.ASKED, first, end, 1000 + offset));
  }

  private void event(long offset, Kind kind, long first, long end) {
    coverage.add(new Event(JOB, submission(offset), kind, first, end, 0));
  }

  private Coverage.Sums judge() {
    return coverage.judge(
        finding ->
            findings.add(
                finding.kind()
                    + " "
                    + finding.submission().offset()
                    + " ["
                    + finding.indexes()
                    + "]"),
        open::add);
  }

  @Test
  void everyIndexOnceIsRight() {
    asked(7, 0, 10);
    for (int i = 9; i >= 3; i--) {
      event(7, Kind.MADE, i, i + 1);
    }
    event(7, Kind.FAILED, 0, 1);
    event(7, Kind.CANCELLED, 1, 3);

    assertEquals(new Coverage.Sums(1, 10, 7, 1, 2, 0), judge());
    assertEquals(List.of(), findings);
    assertEquals(List.of(), open);
  }

  @Test
  void aWholeSubmissionMayFail() {
    asked(7, 4, 10);
    event(7, Kind.FAILED, 0, 0);

    assertEquals(new Coverage.Sums(1, 6, 0, 6, 0, 0), judge());
    assertEquals(List.of(), findings);
  }

  @Test
  void whatHasNotEndedIsFound() {
    asked(7, 0, 10);
    event(7, Kind.MADE, 2, 3);
    event(7, Kind.CANCELLED, 5, 10);

    judge();
    assertEquals(List.of("NOT_ENDED 7 [0-1,3-4]"), findings);
    assertEquals(List.of(submission(7)), open);
  }

  @Test
  void whatANewerSubmissionAsksForTooNeedNotEnd() {
    asked(7, 0, 10);
    asked(8, 4, 6);
    event(7, Kind.CANCELLED, 0, 3);
    event(8, Kind.MADE, 4, 5);

    assertEquals(new Coverage.Sums(2, 12, 1, 0, 3, 2), judge());
    assertEquals(List.of("NOT_ENDED 7 [3,6-9]", "NOT_ENDED 8 [5]"), findings);
  }

  @Test
  void whatEndsTwiceIsFoundWhateverAsksForItAgain() {
    asked(7, 0, 4);
    asked(8, 0, 4);
    event(7, Kind.CANCELLED, 0, 4);
    event(7, Kind.MADE, 1, 2);
    event(7, Kind.MADE, 1, 2);
    event(8, Kind.FAILED, 0, 0);
    event(8, Kind.CANCELLED, 2, 4);

    judge();
    assertEquals(List.of("ENDED_TWICE 7 [1]", "ENDED_TWICE 8 [2-3]"), findings);
  }

  @Test
  void whatNobodyAskedForIsFound() {
    asked(7, 0, 2);
    event(7, Kind.MADE, 0, 1);
    event(7, Kind.MADE, 1, 2);
    event(7, Kind.MADE, 2, 3);
    event(9, Kind.MADE, 0, 1);

    judge();
    assertEquals(List.of("NOT_ASKED 7 [2]", "NOT_ASKED 9 [0]"), findings);
  }

  @Test
  void aWrongObjectCountsUntilItsPictureIsAskedForAgain() {
    asked(7, 0, 3);
    event(7, Kind.CANCELLED, 0, 3);
    event(7, Kind.MISSING_OBJECT, 0, 1);
    event(7, Kind.WRONG_HASH, 1, 2);
    asked(8, 1, 2);
    event(8, Kind.CANCELLED, 1, 2);

    judge();
    assertEquals(List.of("MISSING_OBJECT 7 [0]"), findings);
  }

  @Test
  void anObjectsMetadataNamesItsSubmission() {
    assertEquals(Optional.of(new Place("render.jobs", 3, 17)), Fsck.madeFor("render.jobs/3/17"));
    assertEquals(Optional.empty(), Fsck.madeFor("17"));
    assertEquals(Optional.empty(), Fsck.madeFor(""));
  }
}
