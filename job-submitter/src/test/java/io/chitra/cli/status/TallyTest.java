package io.chitra.cli.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.cli.status.Tally.Selection;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Stage;
import io.chitra.schemas.Submission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TallyTest {

  private static final Selection ALL = new Selection(Optional.empty(), Optional.empty());

  private final List<String> failures = new ArrayList<>();

  private Tally tally(Selection selection) {
    return new Tally(
        selection, (reason, example, n) -> failures.add(n + " " + example + ": " + reason));
  }

  private static RenderJob job(@Nullable String dataset, String id, int images) {
    return RenderJob.newBuilder()
        .setId(id)
        .setDataset(dataset)
        .setLabels(Map.of())
        .setPrompt("a")
        .setNumImagesPerPrompt(images)
        .build();
  }

  private static ImageRecord picture(String dataset, String id, boolean reused) {
    ImageRecord record = new ImageRecord();
    record.setDataset(dataset);
    record.setJobId(id);
    record.setReused(reused);
    return record;
  }

  private static DeadLetter letter(
      @Nullable String dataset, @Nullable String id, @Nullable Integer index) {
    return DeadLetter.newBuilder()
        .setSubmission(new Submission("render.jobs", 2, 17L))
        .setStage(Stage.RENDER)
        .setJobId(id)
        .setDataset(dataset)
        .setFirstIndex(index)
        .setIndexCount(index == null ? null : Integer.valueOf(1))
        .setErrorClass("x")
        .setMessage("no memory")
        .setFailedAt(Instant.EPOCH)
        .build();
  }

  private static List<Long> sums(Tally tally, String dataset, String job) {
    Tally.Counts counts = Objects.requireNonNull(tally.counts().get(new Tally.Key(dataset, job)));
    return List.of(
        counts.submissions(),
        counts.asked(),
        counts.rendered(),
        counts.reused(),
        counts.failed(),
        counts.open());
  }

  @Test
  void sumsUpByDataset() {
    Tally tally = tally(ALL);
    tally.submitted(job("weather", "rain", 3));
    tally.submitted(job("weather", "snow", 2));
    tally.submitted(job(null, "cat", 1));
    tally.made(picture("weather", "rain", false));
    tally.made(picture("weather", "rain", true));
    tally.failed(letter("weather", "snow", 1), Optional.empty());

    assertEquals(List.of(2L, 5L, 1L, 1L, 1L, 2L), sums(tally, "weather", ""));
    assertEquals(List.of(1L, 1L, 0L, 0L, 0L, 1L), sums(tally, "default", ""));
    assertEquals(List.of("1 snow[1]: no memory"), failures);
  }

  @Test
  void aSelectionIsSummedUpByJob() {
    Tally tally = tally(new Selection(Optional.of("weather"), Optional.empty()));
    tally.submitted(job("weather", "rain", 3));
    tally.submitted(job("weather", "rain", 3));
    tally.submitted(job("animals", "rain", 1));
    tally.made(picture("animals", "rain", false));
    tally.failed(letter("animals", "rain", 0), Optional.empty());

    assertEquals(1, tally.counts().size());
    assertEquals(List.of(2L, 6L, 0L, 0L, 0L, 6L), sums(tally, "weather", "rain"));
    assertEquals(List.of(), failures);
  }

  @Test
  void aWholeSubmissionFailsWithAllItsPictures() {
    Tally tally = tally(ALL);
    RenderJob job = job("weather", "rain", 40);
    tally.submitted(job);
    tally.failed(letter("weather", "rain", null), Optional.of(job));

    assertEquals(List.of(1L, 40L, 0L, 0L, 40L, 0L), sums(tally, "weather", ""));
    assertEquals(List.of("40 rain: no memory"), failures);
  }

  @Test
  void whatCannotBeReadIsOneFailure() {
    Tally tally = tally(ALL);
    tally.submittedUnreadable();
    tally.failed(letter(null, null, null), Optional.empty());

    assertEquals(List.of(1L, 1L, 0L, 0L, 1L, 0L), sums(tally, "(unreadable)", ""));
    assertEquals(List.of("1 render.jobs-2@17: no memory"), failures);
  }

  @Test
  void jobsThatBreakTheRulesAskForOneThingAtLeast() {
    Tally tally = tally(ALL);
    RenderJob job = job("weather", "rain", Integer.MIN_VALUE);
    tally.submitted(job);
    tally.failed(letter("weather", "rain", null), Optional.of(job));

    assertEquals(List.of(1L, 1L, 0L, 0L, 1L, 0L), sums(tally, "weather", ""));
  }
}
