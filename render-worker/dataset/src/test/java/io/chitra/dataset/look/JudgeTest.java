package io.chitra.dataset.look;

import static io.chitra.dataset.look.Gate.BLANK;
import static io.chitra.dataset.look.Gate.BRIGHTNESS;
import static io.chitra.dataset.look.Gate.CLIP_SCORE;
import static io.chitra.dataset.look.Gate.COLOURLESS;
import static io.chitra.dataset.look.Gate.EXACT_DUPLICATE;
import static io.chitra.dataset.look.Gate.LOW_CONTRAST;
import static io.chitra.dataset.look.Gate.NEAR_COPY;
import static io.chitra.dataset.look.Gate.NEAR_DUPLICATE;
import static io.chitra.dataset.look.Gate.NSFW;
import static io.chitra.dataset.look.Gate.READABLE;
import static io.chitra.dataset.look.Gate.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.dataset.PictureMeasures;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Submission;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JudgeTest {

  private static final GateModels MODELS =
      new GateModels(Path.of("/clip"), Path.of("/nsfw"), List.of(), Path.of("/set"), null);
  private static final LookFacts FACTS =
      new LookFacts(
          List.of(),
          new LookFacts.Reference(50, 49, "d1", "phash", 6, 49),
          new TreeMap<>(Map.of("onnxruntime", "1.28.0")));
  private static final PictureMeasures GOOD =
      new PictureMeasures(0x0f0f_0f0f_0f0f_0f0fL, 0.5, 0.2, 0.5, 0.5, 0.5, 0.4, 40);

  private int next;

  @Test
  void aPicturePassesWhereNothingIsWrong() {
    Judge judge = judge(EnumSet.allOf(Gate.class), Set.of(), Set.of());

    Verdict verdict = judge.judge(row("fox", "aa", look(GOOD)));

    assertEquals(List.of(), failed(verdict));
    assertFalse(verdict.dropped());
    assertTrue(judge.report().publishable());
  }

  @Test
  void eachGateClosesAtItsLimit() {
    assertEquals(List.of("blank", "low-contrast"), alone(with(0.5, 0.003, 40)));
    assertEquals(List.of("low-contrast"), alone(with(0.5, 0.049, 40)));
    assertEquals(List.of(), alone(with(0.5, 0.05, 40)));
    assertEquals(List.of("brightness"), alone(with(0.049, 0.2, 40)));
    assertEquals(List.of("brightness"), alone(with(0.951, 0.2, 40)));
    assertEquals(List.of("colourless"), alone(with(0.5, 0.2, 4.9)));
    assertEquals(
        List.of("clip-score"),
        alone(new PictureLook(null, GOOD, 19.9, 0.1, "a", 9.0, null, List.of())));
    assertEquals(
        List.of("nsfw"), alone(new PictureLook(null, GOOD, 20.0, 0.51, "a", 9.0, null, List.of())));
    assertEquals(
        List.of("near-copy"),
        alone(new PictureLook(null, GOOD, 20.0, 0.5, "a", 6.0, null, List.of())));
    assertEquals(
        List.of(), alone(new PictureLook(null, GOOD, 20.0, 0.5, "a", 6.5, null, List.of())));
    assertEquals(List.of("readable"), alone(PictureLook.unreadable("it ends too soon")));
  }

  @Test
  void greyscaleWasAskedForWhereTheJobSaysSo() {
    DatasetRow row = row("fox", "aa", look(with(0.5, 0.2, 0)));
    row.record().setOutputMode("L");

    assertEquals(List.of(), failed(judge(Set.of(COLOURLESS), Set.of(), Set.of()).judge(row)));
  }

  @Test
  void smallPicturesFailBySize() {
    DatasetRow row = row("fox", "aa", look(GOOD));
    row.record().setHeight(63);

    assertEquals(List.of("size"), failed(judge(Set.of(SIZE), Set.of(), Set.of()).judge(row)));
  }

  @Test
  void duplicatesNameAnEarlierPicture() {
    Judge judge = judge(Set.of(EXACT_DUPLICATE, NEAR_DUPLICATE), Set.of(), Set.of());

    assertEquals(List.of(), failed(judge.judge(row("fox", "aa", look(hash(0))))));
    Verdict near = judge.judge(row("fox", "bb", look(hash(0b1111))));
    Verdict far = judge.judge(row("owl", "cc", look(hash(0b1_1111L << 20))));
    Verdict same = judge.judge(row("owl", "aa", look(hash(0))));

    assertEquals(List.of("near-duplicate"), failed(near));
    assertEquals("fox/0", look(near).duplicateOf());
    assertEquals(List.of(), failed(far));
    assertEquals(List.of("exact-duplicate", "near-duplicate"), failed(same));
    assertEquals("fox/0", look(same).duplicateOf());
  }

  @Test
  void aDuplicateIsOneOfAPictureThatStays() {
    Judge judge = judge(Set.of(EXACT_DUPLICATE, BRIGHTNESS), Set.of(BRIGHTNESS), Set.of());

    assertTrue(judge.judge(row("fox", "aa", look(with(0, 0.2, 40)))).dropped());
    Verdict second = judge.judge(row("fox", "aa", look(GOOD)));
    Verdict third = judge.judge(row("fox", "aa", look(GOOD)));

    assertEquals(List.of(), failed(second));
    assertEquals("fox/1", look(third).duplicateOf());
  }

  @Test
  void droppedPicturesAreToldAndForbidNothing() throws JsonProcessingException {
    Judge judge =
        judge(Set.of(EXACT_DUPLICATE, BLANK), Set.of(EXACT_DUPLICATE), Set.of(READABLE, BLANK));

    judge.judge(row("fox", "aa", look(GOOD)));
    Verdict dropped = judge.judge(row("fox", "aa", look(with(0.5, 0, 40))));
    Verdict blank = judge.judge(row("owl", "bb", look(with(0.5, 0, 40))));
    Verdict unreadable = judge.judge(row("owl", "cc", PictureLook.unreadable("no picture")));

    assertEquals(List.of(EXACT_DUPLICATE), dropped.dropping());
    assertEquals(List.of(), dropped.forbidding());
    assertEquals(List.of(BLANK), blank.forbidding());
    assertEquals(List.of(READABLE), unreadable.forbidding());
    JsonNode line = new JsonMapper().readTree(dropped.droppedLine());
    assertEquals("fox", line.get("job_id").asText());
    assertEquals(1, line.get("image_index").asInt());
    assertEquals("[\"exact-duplicate\"]", line.get("dropped_by").toString());
    assertEquals("[\"exact-duplicate\",\"blank\"]", line.get("failed_gates").toString());
    assertEquals("fox/0", line.get("duplicate_of").asText());
    GateReport report = judge.report();
    assertEquals(4, report.judged());
    assertEquals(1, report.dropped());
    assertEquals(2, report.forbidding());
    assertFalse(report.publishable());
    assertEquals(List.of("owl/2: blank", "owl/3: readable"), report.examples());
    assertEquals(new GateReport.Count(1, 1), report.gates().get(EXACT_DUPLICATE));
    assertEquals(new GateReport.Count(2, 0), report.gates().get(BLANK));
  }

  @Test
  void reportsAndSettingsTravelAsJson() throws JsonProcessingException {
    Judge judge =
        judge(Set.of(NEAR_COPY, NSFW, CLIP_SCORE, LOW_CONTRAST), Set.of(NSFW), Set.of(NEAR_COPY));
    judge.judge(row("fox", "aa", look(GOOD)));
    JsonMapper json = new JsonMapper();

    GateReport back = json.readValue(json.writeValueAsString(judge.report()), GateReport.class);

    assertEquals(judge.report(), back);
  }

  @Test
  void refusesWhatItCannotJudge() {
    Judge judge = judge(Set.of(CLIP_SCORE), Set.of(), Set.of());
    assertThrows(IllegalArgumentException.class, () -> judge.judge(row("fox", "aa", null)));
    PictureLook unscored = new PictureLook(null, GOOD, null, null, null, null, null, List.of());
    assertThrows(IllegalArgumentException.class, () -> judge.judge(row("fox", "aa", unscored)));
    GateSettings copies = settings(Set.of(NEAR_COPY), Set.of(), Set.of());
    assertThrows(IllegalArgumentException.class, () -> new Judge(copies, LookFacts.NONE));
  }

  private static Judge judge(Set<Gate> gates, Set<Gate> drop, Set<Gate> require) {
    return new Judge(settings(gates, drop, require), FACTS);
  }

  private static GateSettings settings(Set<Gate> gates, Set<Gate> drop, Set<Gate> require) {
    return new GateSettings(
        new TreeSet<>(gates),
        GateLimits.DEFAULTS,
        MODELS,
        new TreeSet<>(drop),
        new TreeSet<>(require));
  }

  private List<String> alone(PictureMeasures measures) {
    return alone(look(measures));
  }

  private List<String> alone(PictureLook look) {
    return failed(
        judge(EnumSet.allOf(Gate.class), Set.of(), Set.of()).judge(row("fox", "aa", look)));
  }

  private static PictureMeasures with(double brightness, double contrast, double colourfulness) {
    return new PictureMeasures(1, brightness, contrast, 0.5, 0.5, 0.5, 0.4, colourfulness);
  }

  private static PictureMeasures hash(long hash) {
    return new PictureMeasures(hash, 0.5, 0.2, 0.5, 0.5, 0.5, 0.4, 40);
  }

  private static PictureLook look(PictureMeasures measures) {
    return new PictureLook(null, measures, 30.0, 0.1, "a", 20.0, null, List.of());
  }

  private static PictureLook look(Verdict verdict) {
    return Objects.requireNonNull(verdict.row().look());
  }

  private static List<String> failed(Verdict verdict) {
    return look(verdict).failedGates();
  }

  /** A row with the next index. */
  private DatasetRow row(String job, String pixels, @Nullable PictureLook look) {
    ImageRecord record =
        ImageRecord.newBuilder()
            .setJobId(job)
            .setDataset("animals")
            .setImageIndex(next++)
            .setSubmission(new Submission("render.jobs", 0, 0L))
            .setModelDigest("m")
            .setPrompt("a fox")
            .setNumInferenceSteps(2)
            .setGuidanceScale(1.0)
            .setScheduler("DDIMScheduler")
            .setWidth(64)
            .setHeight(64)
            .setSeed(1L)
            .setFingerprint("f")
            .setEnvironmentClass("e")
            .setObjectKey("images/aa/f.png")
            .setBucket("chitra")
            .setContentType("image/png")
            .setFileBytes(10L)
            .setFileSha256("00")
            .setPixelSha256(pixels.repeat(32))
            .setReused(false)
            .setRenderedAt(Instant.EPOCH)
            .setRenderMillis(1L)
            .setEnvironment(Map.of())
            .build();
    return new DatasetRow(record, 0, record.getImageIndex(), look);
  }
}
