package io.chitra.worker.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.dataset.look.Gate;
import io.chitra.dataset.look.GateLimits;
import io.chitra.dataset.look.GateModels;
import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.look.Judge;
import io.chitra.dataset.look.LookFacts;
import io.chitra.dataset.look.Measuring;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.onnx.Device;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.score.ClipScorer;
import io.chitra.diffusion.score.ImageClassifier;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Submission;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookerTest {

  private static final int SIDE = 64;
  private static final Path MODELS = Path.of("../diffusion/src/test/resources/golden/score");

  @TempDir private Path folder;
  private Path reference = Path.of("unset");

  @BeforeEach
  void makeReferenceSet() throws IOException {
    reference = folder.resolve("reference");
    Files.createDirectories(reference.resolve("more"));
    for (int i = 0; i < 40; i++) {
      write(reference.resolve(i % 2 == 0 ? "more/p%02d.png" : "p%02d.jpg"), i);
    }
    Files.copy(reference.resolve("more/p00.png"), reference.resolve("more/same-as-p00.png"));
    Files.writeString(reference.resolve("about.txt"), "no picture");
  }

  private static void write(Path pattern, int number) throws IOException {
    Path file = Path.of(pattern.toString().formatted(number));
    String kind = file.toString().endsWith("png") ? "png" : "jpg";
    Files.write(file, encode(picture(number), kind));
  }

  @Test
  void measuresAndFindsFilesThatAreNoPictures() throws Exception {
    RgbImage picture = picture(1);
    byte[] png = encode(picture, "png");
    byte[] cut = Arrays.copyOf(png, png.length / 2);
    try (Looker looker = Looker.open(settings(Set.of(), GateModels.NONE, null), 1)) {
      List<PictureLook> looks =
          looker.look(
              List.of(
                  new Looker.Sight(row(0, SIDE), png),
                  new Looker.Sight(row(1, SIDE), cut),
                  new Looker.Sight(row(2, 2 * SIDE), png),
                  new Looker.Sight(row(3, SIDE), png)));

      assertEquals(Measuring.measure(SIDE, SIDE, picture.rgb()), looks.get(0).measures());
      assertNull(looks.get(0).clipScore());
      assertTrue(unreadable(looks.get(1)).startsWith("Cannot read the picture"));
      assertEquals(
          "Cannot use the picture: it is 64 x 64 pixels large, and its record says 128 x 128",
          unreadable(looks.get(2)));
      assertEquals(looks.get(0), looks.get(3));
      assertEquals(LookFacts.NONE, looker.facts());
    }
  }

  @Test
  void scoresAsTheModelsDo() throws Exception {
    GateModels models =
        new GateModels(
            MODELS.resolve("clip"),
            MODELS.resolve("classifier"),
            List.of("nsfw", "drawing"),
            null,
            null);
    List<Looker.Sight> sights = new ArrayList<>();
    List<RgbImage> pictures = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      pictures.add(picture(i));
      sights.add(new Looker.Sight(row(i, SIDE), encode(picture(i), "png")));
    }
    OnnxRuntime runtime = new OnnxRuntime(new Device.Cpu(), 1);
    try (Looker looker =
            Looker.open(settings(Set.of(Gate.CLIP_SCORE, Gate.NSFW), models, null), 1);
        ClipScorer clip = ClipScorer.open(runtime, MODELS.resolve("clip"));
        ImageClassifier classifier = ImageClassifier.open(runtime, MODELS.resolve("classifier"))) {
      List<PictureLook> looks = looker.look(sights);
      for (int i = 0; i < looks.size(); i++) {
        List<RgbImage> alone = pictures.subList(i, i + 1);
        double[] classes = classifier.probabilities(alone).get(0);
        assertEquals(
            clip.scores(alone, List.of("picture " + i))[0], number(looks.get(i).clipScore()), 1e-4);
        assertEquals(classes[1] + classes[2], number(looks.get(i).nsfwScore()), 1e-6);
      }
      assertEquals(
          List.of("clip clip", "nsfw classifier"),
          looker.facts().models().stream()
              .map(model -> model.role() + " " + model.name())
              .toList());
      assertEquals("cpu", looker.facts().environment().get("device"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"phash", "dino", "clip"})
  void findsNearCopiesOfTheReferenceSet(String space) throws Exception {
    Path embedder = space.equals("phash") ? null : MODELS.resolve(space);
    GateModels models = new GateModels(null, null, List.of(), reference, embedder);
    GateSettings settings = settings(Set.of(Gate.NEAR_COPY), models, null);
    try (Looker looker = Looker.open(settings, 1)) {
      Judge judge = new Judge(settings, looker.facts());
      LookFacts.Reference facts = looker.facts().reference();
      assertNotNull(facts);
      assertEquals(41, facts.pictures());
      assertEquals(40, facts.distinct());
      assertEquals(40, facts.calibratedOn());
      assertEquals(space, facts.space());

      DatasetRow copy = looked(looker, 0, encode(picture(7), "jpg"));
      DatasetRow other = looked(looker, 1, encode(checks(), "png"));

      assertEquals("p07.jpg", look(copy).nearestId());
      assertEquals(List.of("near-copy"), look(judge.judge(copy).row()).failedGates());
      assertEquals(List.of(), look(judge.judge(other).row()).failedGates());
      assertTrue(number(look(other).nearestDistance()) > facts.threshold());
    }
  }

  @Test
  void aGivenDistanceNeedsNoCalibration() throws Exception {
    Path single = Files.createDirectory(folder.resolve("single"));
    write(single.resolve("only%d.png"), 3);
    GateModels models = new GateModels(null, null, List.of(), single, null);
    try (Looker looker = Looker.open(settings(Set.of(Gate.NEAR_COPY), models, 5.0), 1)) {
      LookFacts.Reference facts = looker.facts().reference();
      assertNotNull(facts);
      assertEquals(5, facts.threshold());
      assertNull(facts.calibratedOn());
    }
    assertTrue(refusal(models).contains("it has 1 different pictures, and two at least"));
  }

  @Test
  void saysWhatCannotBeUsed() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertTrue(
        refusal(new GateModels(null, null, List.of(), empty, null))
            .startsWith("Cannot use the reference folder " + empty));
    Path broken = Files.write(reference.resolve("broken.png"), new byte[] {1, 2, 3});
    assertTrue(
        refusal(new GateModels(null, null, List.of(), reference, null))
            .startsWith("Cannot use the reference picture " + broken));
    GateModels labels =
        new GateModels(null, MODELS.resolve("classifier"), List.of("porn"), null, null);
    LookException refused =
        assertThrows(
            LookException.class, () -> Looker.open(settings(Set.of(Gate.NSFW), labels, null), 1));
    assertTrue(
        String.valueOf(refused.getMessage())
            .contains("its classes are [normal, nsfw, drawing], and not all of [porn]"));
  }

  @Test
  void lookersOfTheSameSettingsShareTheirModels() throws Exception {
    GateModels models = new GateModels(MODELS.resolve("clip"), null, List.of(), null, null);
    GateSettings settings = settings(Set.of(Gate.CLIP_SCORE), models, null);
    Looker.Sight sight = new Looker.Sight(row(0, SIDE), encode(picture(0), "png"));
    Looker first = Looker.open(settings, 1);
    Looker second = Looker.open(settings, 1);
    assertSame(first.facts(), second.facts());
    List<PictureLook> before = second.look(List.of(sight));

    first.close();
    first.close();

    assertEquals(before, second.look(List.of(sight)));
    second.close();
  }

  private static String refusal(GateModels models) {
    return String.valueOf(
        assertThrows(
                LookException.class,
                () -> Looker.open(settings(Set.of(Gate.NEAR_COPY), models, null), 1))
            .getMessage());
  }

  private static GateSettings settings(
      Set<Gate> gates, GateModels models, @Nullable Double copyDistance) {
    GateLimits limits = new GateLimits(4, 0.05, 0.05, 0.95, 5, 64, 20, 0.5, copyDistance);
    return new GateSettings(new TreeSet<>(gates), limits, models, new TreeSet<>(), new TreeSet<>());
  }

  private static DatasetRow looked(Looker looker, int index, byte[] file)
      throws DiffusionException {
    DatasetRow row = row(index, SIDE);
    return row.with(looker.look(List.of(new Looker.Sight(row, file))).get(0));
  }

  private static PictureLook look(DatasetRow row) {
    PictureLook look = row.look();
    assertNotNull(look);
    return look;
  }

  private static String unreadable(PictureLook look) {
    return String.valueOf(look.unreadable());
  }

  private static double number(@Nullable Double value) {
    assertNotNull(value);
    return value;
  }

  /** Waves, other ones for each number. */
  private static RgbImage picture(int number) {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = i / 3;
      int row = pixel / SIDE;
      double x = pixel % SIDE / (double) SIDE;
      double y = row / (double) SIDE;
      double wave =
          Math.sin(number * 1.7 + (2 + number % 5) * 3 * x)
              + Math.sin(number * 0.9 + (1 + number % 7) * 3 * y + i % 3)
              + Math.sin((number % 3 - 1) * 9 * x * y + number);
      rgb[i] = (byte) (127 + 42 * wave);
    }
    return new RgbImage(SIDE, SIDE, rgb);
  }

  private static RgbImage checks() {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) ((i / 3 % SIDE / 4 + i / 3 / SIDE / 8) % 2 * 255);
    }
    return new RgbImage(SIDE, SIDE, rgb);
  }

  private static byte[] encode(RgbImage picture, String kind) throws IOException {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < picture.width() * picture.height(); i++) {
      int red = picture.rgb()[3 * i] & 0xff;
      int green = picture.rgb()[3 * i + 1] & 0xff;
      int blue = picture.rgb()[3 * i + 2] & 0xff;
      image.setRGB(i % picture.width(), i / picture.width(), red << 16 | green << 8 | blue);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, kind, file));
    return file.toByteArray();
  }

  private static DatasetRow row(int index, int side) {
    ImageRecord record =
        ImageRecord.newBuilder()
            .setJobId("fox")
            .setDataset("animals")
            .setImageIndex(index)
            .setSubmission(new Submission("render.jobs", 0, 0L))
            .setModelDigest("m")
            .setPrompt("picture " + index)
            .setNumInferenceSteps(2)
            .setGuidanceScale(1.0)
            .setScheduler("DDIMScheduler")
            .setWidth(side)
            .setHeight(side)
            .setSeed(1L)
            .setFingerprint("f")
            .setEnvironmentClass("e")
            .setObjectKey("images/aa/f.png")
            .setBucket("chitra")
            .setContentType("image/png")
            .setFileBytes(10L)
            .setFileSha256("00")
            .setPixelSha256("%064x".formatted(index))
            .setReused(false)
            .setRenderedAt(Instant.EPOCH)
            .setRenderMillis(1L)
            .setEnvironment(Map.of())
            .build();
    return new DatasetRow(record, 0, index, null);
  }
}
