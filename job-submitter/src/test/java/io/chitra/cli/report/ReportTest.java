package io.chitra.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chitra.cli.show.Failures;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.TopicScan;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Submission;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.RescaleOp;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of datasets whose pictures are drawn here; looked at in a browser where there is one. */
class ReportTest {

  private static final List<String> CLASSES =
      List.of("apple", "বিড়াল", "<img src=x onerror=owned()>");
  private static final String HOSTILE =
      "</title></p></dl></button><script>document.body.id='owned'</script>"
          + "<img src=x onerror=\"document.body.id='owned'\">' onclick='document.body.id=1' \u202e";
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  @TempDir private Path folder;

  private final Map<String, byte[]> store = new HashMap<>();
  private final List<DatasetRow> rows = new ArrayList<>();
  private final Failures failures = new Failures();

  @Test
  void countsAreOfAllPicturesAndLooksOfSome() throws Exception {
    draw(90);
    Report.Summary summary = report("animals", 30, 5);

    assertEquals(90, summary.census().made());
    assertEquals(30, summary.lookedAt());
    assertEquals(3, summary.classes());
    assertEquals(9, summary.duplicates(), "every tenth has the pixels of the one before");
    assertEquals(0, summary.unseen().count());
    String page = page();
    assertEquals(3, count(page, "<section class=\"sheet\">"));
    String sheets = page.substring(page.indexOf("id=\"pictures\""), page.indexOf("id=\"looks\""));
    assertEquals(15, count(sheets, "data:image/jpeg;base64,"));
    assertTrue(page.contains("<bdi>বিড়াল</bdi>"), "text of any language");
    assertTrue(page.contains("Of 30 pictures, evenly picked out of 90"), "says what it has seen");
    assertTrue(page.contains("9 pictures have the pixels of another one"));
  }

  @Test
  void picturesThatLookAlikeAreFoundThoughTheirPixelsDiffer() throws Exception {
    draw(40);
    for (int i : new int[] {4, 25}) {
      BufferedImage brighter =
          new RescaleOp(0.97f, 3, null)
              .filter(ImageIO.read(new ByteArrayInputStream(store.get(key(i - 1)))), null);
      put(i, png(brighter));
    }
    Report.Summary summary = report("animals", 40, 5);

    assertEquals(2, summary.nearGroups());
    assertEquals(4, summary.duplicates(), "what has equal pixels is not told as nearly equal");
    assertTrue(page().contains("2 groups whose perceptual hashes"), "the page says so");
  }

  @Test
  void theSamePicturesGiveTheSamePage() throws Exception {
    draw(60);
    report("animals", 60, 4);
    String first = page();
    report("animals", 60, 4);
    assertEquals(first, page());
  }

  @Test
  void aPictureThatIsNotWhatItsRecordSaysIsToldAndNotShown() throws Exception {
    draw(12);
    store.put(key(3), "damaged".getBytes(StandardCharsets.UTF_8));
    store.remove(key(7));
    Report.Summary summary = report("animals", 12, 12);

    assertEquals(2, summary.unseen().count());
    assertEquals(10, summary.lookedAt());
    String page = page();
    assertTrue(page.contains("2 pictures could not be shown"), "the page says so");
    assertTrue(page.contains("its SHA-256 is"), "and why");
    assertTrue(page.contains("job-0[7]") || page.contains("job-1[7]"), "and which");
  }

  @Test
  void aDatasetOfNothingButFailuresHasAPage() throws Exception {
    failures.add("Cannot render: " + HOSTILE, "rain[0]", 4);
    Report report =
        new Report(
            settings("rain", 10, 3),
            rows(),
            new DatasetRows.Census(1, 4, 0, 4, 0),
            failures,
            this::fetch,
            TopicScan.Listener.NONE);
    assertEquals(0, report.write(folder.resolve("page.html")).classes());
    assertTrue(page().contains("No picture has been made."));
    assertFalse(page().contains(HOSTILE));
  }

  /** Whatever prompts, labels and reasons say, the browser runs the page's own script alone. */
  @Test
  void aBrowserShowsItAllAndRunsNothingThatAPromptSays() throws Exception {
    assumeTrue(Files.isExecutable(CHROMIUM), "needs " + CHROMIUM);
    draw(200);
    failures.add("Cannot render: " + HOSTILE, "rain[0]", 4);
    report("animals " + HOSTILE, 200, 24);
    String source = page();
    assertFalse(source.contains(HOSTILE), "nothing of it is markup");
    assertFalse(source.contains("http://") || source.contains("https://"), "it needs no network");

    String seen = browser("--dump-dom", "--virtual-time-budget=4000");
    assertFalse(seen.contains("id=\"owned\""), "a prompt has run");
    assertEquals(4, count(seen, " aria-pressed="), "the page's own script has: a button a class");
    assertEquals(1, count(seen, "<h1>"));
    assertEquals(count(source, "<rect"), count(seen, "<rect"));
    assertEquals(count(source, "<figure"), count(seen, "<figure"));
    assertEquals(count(source, "<section"), count(seen, "<section"), "well nested");

    Path shot = folder.resolve("shot.png");
    browser("--screenshot=" + shot, "--window-size=1280,5200", "--hide-scrollbars");
    BufferedImage picture = ImageIO.read(shot.toFile());
    assertTrue(colours(picture) > 500, "pictures and charts are there: " + colours(picture));
    keep("page.html", "shot.png");
  }

  /** Where somebody wants to look at it: {@code -Dchitra.test.pages=DIR}. */
  private void keep(String... files) throws IOException {
    String pages = System.getProperty("chitra.test.pages");
    if (pages != null) {
      Files.createDirectories(Path.of(pages));
      for (String file : files) {
        Files.copy(folder.resolve(file), Path.of(pages, file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private String browser(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(CHROMIUM.toString());
    command.addAll(
        List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--user-data-dir=" + folder.resolve("browser")));
    command.addAll(List.of(options));
    command.add(folder.resolve("page.html").toUri().toString());
    Path out = folder.resolve("browser.out");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("browser.err").toFile())
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the browser ends");
      assertEquals(0, process.exitValue(), Files.readString(folder.resolve("browser.err")));
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(out);
  }

  private static long colours(BufferedImage picture) {
    return Arrays.stream(
            picture.getRGB(
                0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth()))
        .distinct()
        .count();
  }

  private Report.Summary report(String dataset, long looks, int thumbnails) throws Exception {
    return new Report(
            settings(dataset, looks, thumbnails),
            rows(),
            new DatasetRows.Census(2, rows.size() + 4L, rows.size(), failures.count(), 0),
            failures,
            this::fetch,
            TopicScan.Listener.NONE)
        .write(folder.resolve("page.html"));
  }

  private static ReportSettings settings(String dataset, long looks, int thumbnails) {
    return new ReportSettings(
        dataset,
        Optional.empty(),
        looks,
        thumbnails,
        4,
        "chitra test",
        Instant.parse("2026-11-23T13:00:00Z"),
        new TreeMap<>(Map.of("render.results-0", 17L)));
  }

  private Rows rows() {
    return new Rows() {
      @Override
      public long size() {
        return rows.size();
      }

      @Override
      public DatasetRow at(long position) {
        return rows.get((int) position);
      }
    };
  }

  private CompletableFuture<byte[]> fetch(String key) {
    byte[] file = store.get(key);
    return file == null
        ? CompletableFuture.failedFuture(new IOException("the store has no " + key))
        : CompletableFuture.completedFuture(file);
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("page.html"));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static String key(int i) {
    return "images/" + i + ".png";
  }

  /** Pictures of three classes; every tenth is the one before it once more. */
  private void draw(int pictures) throws Exception {
    Random random = new Random(3);
    byte[] file = {};
    for (int i = 0; i < pictures; i++) {
      if (i % 10 != 9) {
        file = picture(random, i % 3);
      }
      rows.add(row(i, file, random));
      store.put(key(i), file);
    }
  }

  /** Puts another picture in the place of one, with a record that says so. */
  private void put(int i, byte[] file) throws Exception {
    store.put(key(i), file);
    rows.set(i, row(i, file, new Random(i)));
  }

  private static DatasetRow row(int i, byte[] file, Random random) throws Exception {
    String sha256 = sha256(file);
    return new DatasetRow(
        ImageRecord.newBuilder()
            .setJobId("job-" + i % 2)
            .setDataset("animals")
            .setImageIndex(i)
            .setLabels(Map.of("class", CLASSES.get(i % 3), "id", (long) i))
            .setSubmission(new Submission("render.jobs", 1, 7L))
            .setModelDigest("ab".repeat(32))
            .setModelName("starter-model")
            .setPrompt(i % 7 == 0 ? HOSTILE : "a picture " + "of colours ".repeat(i % 9))
            .setNumInferenceSteps(20 + i % 2 * 10)
            .setGuidanceScale(7.0)
            .setScheduler("DPMSolverMultistepScheduler")
            .setWidth(96)
            .setHeight(64)
            .setSeed(i)
            .setFingerprint("cd".repeat(32))
            .setEnvironmentClass("0123456789ab")
            .setObjectKey(key(i))
            .setBucket("chitra")
            .setContentType("image/png")
            .setFileBytes(file.length)
            .setFileSha256(sha256)
            .setPixelSha256(sha256)
            .setReused(i % 11 == 0)
            .setRenderedAt(
                Instant.parse("2026-11-23T09:00:00Z").plusSeconds(i + random.nextInt(40)))
            .setRenderMillis(900 + random.nextInt(400))
            .setEnvironment(Map.of("engine", "0.1.0", "provider", "cpu", "device", HOSTILE))
            .build(),
        0,
        i,
        null);
  }

  private static byte[] picture(Random random, int kind) throws IOException {
    BufferedImage picture = new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = picture.createGraphics();
    canvas.setColor(Color.getHSBColor(random.nextFloat(), 0.4f, 0.3f + 0.7f * random.nextFloat()));
    canvas.fillRect(0, 0, 96, 64);
    for (int shape = 0; shape < 5; shape++) {
      canvas.setColor(Color.getHSBColor(kind / 3f, random.nextFloat(), random.nextFloat()));
      canvas.fillOval(random.nextInt(90), random.nextInt(60), 40, 30);
    }
    canvas.dispose();
    return png(picture);
  }

  private static byte[] png(BufferedImage picture) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", file);
    return file.toByteArray();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
