package io.chitra.worker.plan;

import static io.chitra.worker.Jobs.job;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.job.JobLimits;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Stage;
import io.chitra.worker.Jobs;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.JobMessage;
import io.chitra.worker.task.OutgoingRecord.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobPlannerTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static final int MAX_JOB_BYTES = 100_000;

  private final JobPlanner planner =
      new JobPlanner(
          Codec.renderJobs(),
          digest -> {
            if (digest.equals(Jobs.DIGEST)) {
              return Jobs.MODEL;
            }
            throw new UnknownModelException(
                "Cannot find model " + digest, new IllegalStateException("not there"));
          },
          JobLimits.defaults(),
          MAX_JOB_BYTES,
          new DeadLetters(InstantSource.fixed(NOW)));

  @Test
  void aJobIsACursorOverItsPictures() {
    List<ImageTask> tasks = tasksOf(plan(job()));

    assertEquals(List.of(0, 1, 2), tasks.stream().map(ImageTask::imageIndex).toList());
    assertEquals(List.of(7L, 8L, 9L), tasks.stream().map(ImageTask::seed).toList());
    ImageTask first = tasks.get(0);
    assertEquals(20, first.numInferenceSteps());
    assertEquals("DDIMScheduler", first.scheduler());
    assertEquals("নীল বিড়াল", first.prompt());
    assertEquals(job().getLabels(), first.labels());
    assertEquals(40, first.submission().getOffset());
  }

  @Test
  void aSubmissionMayCoverARangeOfItsJob() {
    List<ImageTask> tasks =
        tasksOf(plan(job().setNumImagesPerPrompt(1000).setFirstIndex(998).setIndexCount(2)));

    assertEquals(List.of(998, 999), tasks.stream().map(ImageTask::imageIndex).toList());
  }

  @Test
  void aJobOfAMillionIsOneSmallCursor() {
    PlanCursor cursor = cursorOf(plan(job().setNumImagesPerPrompt(1_000_000)));

    assertEquals(1_000_000, cursor.endIndex());
    assertTrue(cursor.job().length < 1000, cursor.job().length + " bytes");
  }

  @Test
  void aCursorIsAllThatIsNeededToGoOn() {
    OpenJob job = assertInstanceOf(Plan.FanOut.class, plan(job())).job();
    assertEquals("animals", job.dataset());
    assertEquals("cat", job.jobId());

    OpenJob reopened = planner.reopen(job.cursor().advanced());

    assertEquals(new OpenJob(reopened.cursor(), "animals", "cat"), reopened);
    assertEquals(1, reopened.cursor().nextIndex());
  }

  @Test
  void aJobWithoutADatasetIsOfTheDefaultOne() {
    OpenJob job = assertInstanceOf(Plan.FanOut.class, plan(job().setDataset(null))).job();

    assertEquals("default", job.dataset());
    assertEquals("default", planner.reopen(job.cursor()).dataset());
  }

  @Test
  void bytesThatCannotBeReadAreADeadLetterWithTheBytes() {
    byte[] key = "k".getBytes(StandardCharsets.UTF_8);
    byte[] value = "{\"prompt\": \"not Avro\"}".getBytes(StandardCharsets.UTF_8);

    DeadLetter letter = deadLetterOf(planner.plan(message(key, value)));

    assertEquals(Stage.DECODE, letter.getStage());
    assertArrayEquals(value, requireNonNull(letter.getValue()).array());
    assertArrayEquals(key, requireNonNull(letter.getKey()).array());
    assertNull(letter.getJobId());
    assertNull(letter.getFirstIndex());
    assertEquals(NOW, letter.getFailedAt());
    assertEquals(40, letter.getSubmission().getOffset());
  }

  @Test
  void aRecordThatIsTooLargeIsADeadLetterUnread() {
    byte[] large = new byte[MAX_JOB_BYTES + 1];

    DeadLetter letter = deadLetterOf(planner.plan(message(null, large)));

    assertEquals(Stage.DECODE, letter.getStage());
    assertTrue(
        letter.getMessage().contains("it has 100001 bytes, and this worker reads up to 100000"),
        letter.getMessage());
    assertArrayEquals(large, requireNonNull(letter.getValue()).array());
  }

  @Test
  void whatNoDeadLetterHoldsStaysInItsTopic() {
    byte[] key = {1};
    byte[] huge = new byte[DeadLetters.MAX_ORIGINAL_BYTES - 1];

    DeadLetter letter = deadLetterOf(planner.plan(message(key, huge)));

    assertNull(letter.getKey());
    assertNull(letter.getValue());
    assertTrue(letter.getMessage().contains("they are in the topic"), letter.getMessage());
    byte[] justFits = new byte[DeadLetters.MAX_ORIGINAL_BYTES - 2];
    assertArrayEquals(
        justFits,
        requireNonNull(deadLetterOf(planner.plan(message(key, justFits))).getValue()).array());
  }

  @Test
  void aTombstoneIsADeadLetter() {
    DeadLetter letter = deadLetterOf(planner.plan(message(null, null)));

    assertEquals(Stage.DECODE, letter.getStage());
    assertTrue(letter.getMessage().contains("empty"), letter.getMessage());
  }

  @Test
  void aJobThatBreaksTheRulesIsADeadLetterThatNamesEveryProblem() {
    DeadLetter letter = deadLetterOf(plan(job().setWidth(100_000).setSeed(-5L)));

    assertEquals(Stage.RESOLVE, letter.getStage());
    assertEquals("cat", letter.getJobId());
    assertEquals("animals", letter.getDataset());
    assertTrue(letter.getMessage().contains("100000"), letter.getMessage());
    assertTrue(letter.getMessage().contains("-5"), letter.getMessage());
  }

  @Test
  void aModelThatIsNotThereIsADeadLetter() {
    DeadLetter letter = deadLetterOf(plan(job().setModelDigest("cd".repeat(32))));

    assertEquals("UnknownModelException", letter.getErrorClass());
    assertTrue(letter.getMessage().contains("cdcd"), letter.getMessage());
  }

  @Test
  void aDigestThatIsNoneNeverReachesTheCatalog() {
    for (String digest : new String[] {null, "", "../../etc", "AB".repeat(32), "ab".repeat(31)}) {
      DeadLetter letter = deadLetterOf(plan(job().setModelDigest(digest)));

      assertEquals("JobException", letter.getErrorClass(), digest);
      assertTrue(letter.getMessage().contains("model_digest"), letter.getMessage());
    }
  }

  @Test
  void deadLettersHaveKafkaConnectsHeadersAndNoControlCharacters() {
    Plan.Refused refused =
        assertInstanceOf(Plan.Refused.class, plan(job().setScheduler("eu\u001b[31mler\n")));

    assertEquals(Kind.DEAD_LETTER, refused.deadLetter().kind());
    var headers = refused.deadLetter().headers();
    assertEquals("render.jobs", headers.get("__connect.errors.topic"));
    assertEquals("2", headers.get("__connect.errors.partition"));
    assertEquals("40", headers.get("__connect.errors.offset"));
    assertEquals("RESOLVE", headers.get("__connect.errors.stage"));
    String message = requireNonNull(headers.get("__connect.errors.exception.message"));
    assertFalse(message.chars().anyMatch(Character::isISOControl), message);
  }

  private Plan plan(RenderJob.Builder job) {
    return planner.plan(message(null, Codec.renderJobs().encode(job.build())));
  }

  private static JobMessage message(byte @Nullable [] key, byte @Nullable [] value) {
    return new JobMessage("render.jobs", 2, 40, key, value);
  }

  private static PlanCursor cursorOf(Plan plan) {
    return assertInstanceOf(Plan.FanOut.class, plan).job().cursor();
  }

  private static List<ImageTask> tasksOf(Plan plan) {
    List<ImageTask> tasks = new ArrayList<>();
    PlanCursor cursor = cursorOf(plan);
    while (true) {
      tasks.add(ImageTask.of(cursor.next(), Codec.renderJobs()));
      if (!cursor.hasMore()) {
        return tasks;
      }
      cursor = cursor.advanced();
    }
  }

  private static DeadLetter deadLetterOf(Plan plan) {
    try {
      return Codec.deadLetters()
          .decode(assertInstanceOf(Plan.Refused.class, plan).deadLetter().value());
    } catch (BadRecordException e) {
      throw new AssertionError(e);
    }
  }
}
