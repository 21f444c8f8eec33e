package io.chitra.cli.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.submit.ModelShelf.Model;
import io.chitra.job.JobDefaults;
import io.chitra.job.JobLimits;
import io.chitra.job.Line;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import io.chitra.store.ModelDigest;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobReaderTest {

  private final Path folder;
  private final Model standard;
  private final ModelShelf shelf;
  private final InputShelf inputs;

  JobReaderTest(@TempDir Path folder, @TempDir Path models) throws Exception {
    this.folder = folder;
    this.standard = Model.read(TestModels.create(models), "standard");
    this.shelf = new ModelShelf(folder, standard);
    this.inputs = new InputShelf(folder);
  }

  private List<Line> read(String... lines) throws Exception {
    Path file = Files.write(folder.resolve("jobs.jsonl"), List.of(lines), UTF_8);
    List<Line> read = new ArrayList<>();
    try (JobSource source = JobSource.file(file, Optional.empty());
        JobReader reader =
            JobReader.open(source, JobDefaults.NONE, JobLimits.defaults(), shelf, inputs)) {
      for (Line line = reader.next(); line != null; line = reader.next()) {
        read.add(line);
      }
    }
    return read;
  }

  @Test
  void jobsAreResolvedWithTheStandardModel() throws Exception {
    RenderJob job = ((Line.JobLine) read("{\"id\":\"a\",\"prompt\":\"নীল বিড়াল\"}").get(0)).job();

    assertEquals("নীল বিড়াল", job.getPrompt());
    assertEquals(standard.facts().digest(), job.getModelDigest());
    assertEquals("standard", job.getModelName());
    assertEquals("DDIMScheduler", job.getScheduler());
    assertEquals(64, job.getWidth());
    assertEquals(1, job.getIndexCount());
    assertNull(job.getNegativePrompt());
    assertTrue(String.valueOf(job.getSourceLine()).endsWith("jobs.jsonl:1"));
  }

  @Test
  void aLineMayNameAnotherModelBesideTheFile() throws Exception {
    Path other = TestModels.create(folder.resolve("models/other"));
    Files.writeString(other.resolve("chitra.json"), "{\"num_inference_steps\": 9}");

    List<Line> lines =
        read(
            "{\"prompt\":\"a\",\"model\":\"models/other\"}",
            "{\"prompt\":\"b\",\"model\":\"%s\"}".formatted(other.toString().replace('\\', '/')),
            "{\"prompt\":\"c\"}");

    RenderJob first = ((Line.JobLine) lines.get(0)).job();
    assertEquals("other", first.getModelName());
    assertEquals(9, first.getNumInferenceSteps());
    assertNotEquals(standard.facts().digest(), first.getModelDigest());
    assertEquals(first.getModelDigest(), ((Line.JobLine) lines.get(1)).job().getModelDigest());
    assertEquals(2, shelf.used().size());
  }

  @Test
  void badLinesStandBesideGoodOnes() throws Exception {
    List<Line> lines =
        read(
            "{\"id\":\"size\",\"prompt\":\"a\",\"width\":70}",
            "not json",
            "{\"id\":\"model\",\"prompt\":\"a\",\"model\":\"nowhere\"}",
            "{\"id\":\"model2\",\"prompt\":\"a\",\"model\":\"nowhere\"}",
            "{\"id\":\"good\",\"prompt\":\"a\"}");

    List<String> messages =
        lines.stream()
            .filter(Line.BadLine.class::isInstance)
            .flatMap(line -> ((Line.BadLine) line).messages().stream())
            .map(message -> message.substring(message.indexOf("jobs.jsonl")))
            .toList();
    assertEquals(4, messages.size());
    assertTrue(messages.get(0).startsWith("jobs.jsonl:1: width: 70"), messages.get(0));
    assertTrue(messages.get(1).startsWith("jobs.jsonl:2: "), messages.get(1));
    assertTrue(messages.get(2).startsWith("jobs.jsonl:3: model: Cannot read"), messages.get(2));
    assertTrue(messages.get(3).startsWith("jobs.jsonl:4: model: Cannot read"), messages.get(3));
    assertEquals("good", ((Line.JobLine) lines.get(4)).job().getId());
  }

  private Path picture(String name) throws Exception {
    try (InputStream in = JobReaderTest.class.getResourceAsStream("pictures/" + name)) {
      Path file = folder.resolve("in").resolve(name);
      Files.createDirectories(file.getParent());
      Files.copy(Objects.requireNonNull(in), file);
      return file;
    }
  }

  private static RenderJob job(@Nullable Line line) {
    return assertInstanceOf(Line.JobLine.class, line).job();
  }

  @Test
  void aPictureGivesItsDigestAndItsSizeRoundedDown() throws Exception {
    Path file = picture("turned-6.jpg");

    List<Line> lines =
        read(
            "{\"id\":\"own\",\"prompt\":\"a\",\"image\":\"in/turned-6.jpg\"}",
            "{\"id\":\"one\",\"prompt\":\"a\",\"image\":\"in/turned-6.jpg\",\"width\":64}",
            "{\"id\":\"mask\",\"prompt\":\"a\",\"image\":\"in/turned-6.jpg\",\"mask_image\":\"%s\"}"
                .formatted(file.toString().replace('\\', '/')));

    RenderJob own = job(lines.get(0));
    assertEquals(InputKind.sha256(file), Objects.requireNonNull(own.getImage()).getSha256());
    assertEquals(20, own.getWidth());
    assertEquals(28, own.getHeight());
    assertEquals(0.8, own.getStrength());
    assertEquals(64, job(lines.get(1)).getWidth());
    assertEquals(28, job(lines.get(1)).getHeight());
    assertEquals(own.getImage(), job(lines.get(2)).getMaskImage());
  }

  @Test
  void aLoraIsNamedByItsFile() throws Exception {
    Path file = Files.write(folder.resolve("ink.safetensors"), TestModels.safetensors());

    RenderJob job =
        job(
            read("{\"prompt\":\"a\",\"loras\":[{\"path\":\"./ink.safetensors\",\"scale\":0.5}]}")
                .get(0));

    Lora lora = Objects.requireNonNull(job.getLoras()).get(0);
    assertEquals("ink.safetensors", lora.getName());
    assertEquals(0.5, lora.getScale());
    assertEquals(InputKind.sha256(file), lora.getFile().getSha256());
  }

  @Test
  void aDefaultIsNamedAnewForEveryLine() throws Exception {
    Files.write(folder.resolve("ink.safetensors"), TestModels.safetensors());
    Path file =
        Files.write(
            folder.resolve("jobs.jsonl"), List.of("{\"prompt\":\"a\"}", "{\"prompt\":\"b\"}"));
    JobDefaults defaults = JobDefaults.of(Map.of("loras", "[{\"path\":\"ink.safetensors\"}]"));

    try (JobSource source = JobSource.file(file, Optional.empty());
        JobReader reader = JobReader.open(source, defaults, JobLimits.defaults(), shelf, inputs)) {
      assertEquals(job(reader.next()).getLoras(), job(reader.next()).getLoras());
    }
  }

  @Test
  void aVaeIsAFolderOfItsOwn() throws Exception {
    Path vae = TestModels.createVae(folder.resolve("vaes/sharp"), 3);
    TestModels.createVae(folder.resolve("vaes/deep"), 4);

    List<Line> lines =
        read(
            "{\"prompt\":\"a\",\"vae\":\"vaes/sharp\"}",
            "{\"prompt\":\"b\",\"vae\":\"vaes/deep\"}",
            "{\"prompt\":\"c\",\"vae\":\"nowhere\"}");

    assertEquals(new Vae(ModelDigest.of(vae), "sharp"), job(lines.get(0)).getVae());
    assertTrue(shelf.used().contains(vae), shelf.used().toString());
    assertEquals(
        "vae: it reduces pictures by 8 to 4 channels, and the model's own by 4 to 4",
        assertInstanceOf(Line.BadLine.class, lines.get(1)).problems().get(0).toString());
    assertTrue(
        assertInstanceOf(Line.BadLine.class, lines.get(2))
            .problems()
            .get(0)
            .toString()
            .startsWith("vae: Cannot read the model"));
  }

  @Test
  void filesThatCannotBeUsedAreProblemsOfTheirLines() throws Exception {
    picture("plain.png");
    picture("other.gif");
    Files.write(
        folder.resolve("in/cut.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    Files.createFile(folder.resolve("in/empty.png"));

    List<Line> lines =
        read(
            "{\"prompt\":\"1\",\"image\":\"in/none.png\",\"mask_image\":\"in\"}",
            "{\"prompt\":\"2\",\"image\":\"in/other.gif\"}",
            "{\"prompt\":\"3\",\"image\":\"in/cut.png\"}",
            "{\"prompt\":\"4\",\"image\":\"in/empty.png\"}",
            "{\"prompt\":\"5\",\"image\":\"http://example.org/a.png\"}",
            "{\"prompt\":\"6\",\"loras\":[{\"path\":\"in/plain.png\"}]}",
            "{\"prompt\":\"7\",\"image\":\"in/plain.png\"}");

    List<String> problems =
        lines.stream()
            .filter(Line.BadLine.class::isInstance)
            .flatMap(line -> ((Line.BadLine) line).problems().stream())
            .map(problem -> problem.toString().replace(folder + "/", ""))
            .toList();
    assertEquals(
        List.of(
            "image: there is no file in/none.png",
            "mask_image: in is no file",
            "image: cannot use in/other.gif: it is no picture: PNG, JPEG or WebP would be",
            "image: cannot use in/cut.png: its picture is cut off or damaged",
            "image: cannot use in/empty.png: the file is empty",
            "image: cannot read http://example.org/a.png: a path, s3://BUCKET/KEY or"
                + " https://HOST/PATH would be right",
            "loras[0].path: cannot use in/plain.png: it is no file in safetensors format"),
        problems);
    assertEquals("7", job(lines.get(6)).getPrompt());
  }

  @Test
  void aPictureSmallerThanTheModelsFactorNeedsASize() throws Exception {
    Path models = TestModels.create(folder.resolve("coarse"));
    TestModels.createVae(models, 6);
    picture("plain.png");

    Line line = read("{\"prompt\":\"1\",\"image\":\"in/plain.png\",\"model\":\"coarse\"}").get(0);

    assertEquals(
        "width: missing, and the image's own is 30, less than 32 (the model's factor): give one",
        assertInstanceOf(Line.BadLine.class, line).problems().get(0).toString());
  }

  @Test
  void whatLiesInAStoreWaitsForOne() throws Exception {
    Line line = read("{\"prompt\":\"1\",\"image\":\"s3://chitra/a.png\"}").get(0);

    assertNull(job(line).getModelDigest());
    assertTrue(inputs.awaitsStore());
  }

  @Test
  void aCheckCountsLinesAndPictures() throws Exception {
    Path file =
        Files.write(
            folder.resolve("jobs.jsonl"),
            List.of(
                "{\"prompt\":\"a\",\"num_images_per_prompt\":3}",
                "{\"prompt\":\"\"}",
                "{\"prompt\":\"b\"}"));
    List<Line.BadLine> refused = new ArrayList<>();

    try (JobSource source = JobSource.file(file, Optional.empty());
        JobReader reader =
            JobReader.open(source, JobDefaults.NONE, JobLimits.defaults(), shelf, inputs)) {
      assertEquals(new JobCheck(2, 4, 1), JobCheck.of(reader, refused::add));
    }
    assertEquals(2, refused.get(0).line());
  }
}
