package io.chitra.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {

  private static final JobLimits LIMITS = JobLimits.defaults();

  @Test
  void readsEveryField() throws IOException {
    Line.JobLine line =
        onlyJob(
            """
            {"id": "cat-1", "prompt": "নীল বিড়াল 🐈", "negative_prompt": "", "model": "models/mine",
            """
                    .strip()
                + """
                 "dataset": "animals", "labels": {"colour": "নীল", "n": 3, "w": 1.5, "wild": false},
                """
                    .strip()
                + """
                 "num_images_per_prompt": 4, "num_inference_steps": 20, "guidance_scale": 7,
                """
                    .strip()
                + """
                 "scheduler": "euler", "width": 256, "height": 320, "seed": 4294967295}
                """
                    .strip());

    assertEquals("models/mine", line.model());
    assertEquals(
        RenderJob.newBuilder()
            .setId("cat-1")
            .setPrompt("নীল বিড়াল 🐈")
            .setNegativePrompt("")
            .setDataset("animals")
            .setLabels(Map.of("colour", "নীল", "n", 3L, "w", 1.5, "wild", false))
            .setNumImagesPerPrompt(4)
            .setNumInferenceSteps(20)
            .setGuidanceScale(7.0)
            .setScheduler("euler")
            .setWidth(256)
            .setHeight(320)
            .setSeed(4294967295L)
            .setSourceLine("f:1")
            .build(),
        line.job());
  }

  @Test
  void readsEveryFieldOfTasksAndControl() throws IOException {
    RenderJob job =
        onlyJob(
                """
                {"id": "a", "prompt": "b", "image": "in/house.png", "strength": 0.6,\
                 "mask_image": "in/mask.png", "keep_unmasked": true, "eta": 0.5,\
                 "guidance_rescale": 0.7, "timesteps": [999, 499, 1], "prompt_2": "c",\
                 "negative_prompt_2": "", "original_size": [1024, 768], "target_size": [512, 384],\
                 "crops_coords_top_left": [0, 128], "vae": "models/other",\
                 "loras": [{"path": "l.safetensors", "scale": -0.5}, {"path": "m.safetensors"}],\
                 "output_format": "jpeg", "output_quality": 90, "output_mode": "L"}\
                """)
            .job();

    assertEquals(
        RenderJob.newBuilder()
            .setId("a")
            .setPrompt("b")
            .setImage(new InputFile("in/house.png", ""))
            .setStrength(0.6)
            .setMaskImage(new InputFile("in/mask.png", ""))
            .setKeepUnmasked(true)
            .setEta(0.5)
            .setGuidanceRescale(0.7)
            .setTimesteps(List.of(999, 499, 1))
            .setPrompt2("c")
            .setNegativePrompt2("")
            .setOriginalSize(List.of(1024, 768))
            .setTargetSize(List.of(512, 384))
            .setCropsCoordsTopLeft(List.of(0, 128))
            .setVae(new Vae("", "models/other"))
            .setLoras(
                List.of(
                    new Lora(new InputFile("l.safetensors", ""), -0.5, null),
                    new Lora(new InputFile("m.safetensors", ""), 1.0, null)))
            .setOutputFormat("jpeg")
            .setOutputQuality(90)
            .setOutputMode("L")
            .setSourceLine("f:1")
            .build(),
        job);
  }

  @Test
  void readsShapesAndMargins() throws IOException {
    assertEquals(
        new MaskShape(new Rectangle(1, 2, 3, 4), null),
        onlyJob("{\"prompt\":\"a\",\"image\":\"b\",\"mask\":{\"rectangle\":[1,2,3,4]}}")
            .job()
            .getMask());
    assertEquals(
        new MaskShape(null, List.of(new Point(0, 1), new Point(2, 3), new Point(4, 5))),
        onlyJob(
                "{\"prompt\":\"a\",\"image\":\"b\",\"mask\":{\"polygon\":[[0,1],[2,3],[4,5]],"
                    + "\"rectangle\":null}}")
            .job()
            .getMask());
    assertEquals(
        new Outpaint(64, 0, 8, 0),
        onlyJob("{\"prompt\":\"a\",\"image\":\"b\",\"outpaint\":{\"left\":64,\"top\":8}}")
            .job()
            .getOutpaint());
  }

  @Test
  void nestedValuesAreJsonInTheCellsOfCsv() throws IOException {
    String csv =
        """
        id,prompt,image,mask,timesteps,loras,keep_unmasked
        a,b,c.png,"{""rectangle"": [1,2,3,4]}","[9, 1]","[{""path"":""l.safetensors"",""scale"":2}]",true
        """;
    String json =
        """
        {"id":"a","prompt":"b","image":"c.png","mask":{"rectangle":[1,2,3,4]},"timesteps":[9,1],\
        "loras":[{"path":"l.safetensors","scale":2}],"keep_unmasked":true}
        """;
    RenderJob fromCsv = jobs(csv, JobFile.Format.CSV, JobDefaults.NONE).get(0).job();
    fromCsv.setSourceLine("f:1");
    assertEquals(onlyJob(json).job(), fromCsv);
  }

  @Test
  void readsTheSameFromCsv() throws IOException {
    String csv =
        """
        id,prompt,width,guidance_scale,seed,labels.colour,labels.n:integer,labels.w:number,label.wild:boolean
        cat-1,"a ""blue"" cat,
        over two lines", 256 ,7,,red,3,2,true
        """;
    String json =
        """
        {"id":"cat-1","prompt":"a \\"blue\\" cat,\\nover two lines","width":256,"guidance_scale":7.0,\
        "labels":{"colour":"red","n":3,"w":2.0,"wild":true}}
        """;
    RenderJob fromCsv = jobs(csv, JobFile.Format.CSV, JobDefaults.NONE).get(0).job();
    assertEquals("f:2", fromCsv.getSourceLine());
    fromCsv.setSourceLine("f:1");
    assertEquals(onlyJob(json).job(), fromCsv);
  }

  @Test
  void toleratesByteOrderMarkCarriageReturnsBlankLinesAndAMissingLineEnd() throws IOException {
    String file = "\ufeff{\"prompt\":\"a\"}\r\n\r\n  \t\n{\"prompt\":\"b\"}\n{\"prompt\":\"c\"}";
    List<Line> lines = lines(file, JobFile.Format.JSON_LINES, JobDefaults.NONE);
    assertEquals(List.of("f:1", "f:4", "f:5"), lines.stream().map(Line::location).toList());
    assertTrue(lines.stream().allMatch(Line.JobLine.class::isInstance));

    String csv = "\ufeffprompt\r\na\r\n\r\nb";
    assertEquals(2, jobs(csv, JobFile.Format.CSV, JobDefaults.NONE).size());
  }

  @Test
  void reportsMalformedUtf8AndGoesOn() throws IOException {
    byte[] bytes = "{\"prompt\":\"a\"}\n{\"prompt\":\"caf?\"}\n{\"prompt\":\"b\"}".getBytes(UTF_8);
    bytes[bytes.length - 18] = (byte) 0xe9;
    List<Line> lines =
        lines(new ByteArrayInputStream(bytes), JobFile.Format.JSON_LINES, JobDefaults.NONE);
    assertEquals(3, lines.size());
    assertEquals(
        List.of("f:2: line: not UTF-8, from byte 15 (0xe9) on: save the file as UTF-8"),
        assertInstanceOf(Line.BadLine.class, lines.get(1)).messages());
  }

  @Test
  void anEmptyFileHasNoLines() throws IOException {
    assertEquals(List.of(), lines("", JobFile.Format.JSON_LINES, JobDefaults.NONE));
    assertEquals(List.of(), lines("", JobFile.Format.CSV, JobDefaults.NONE));
    assertEquals(List.of(), lines("prompt\n", JobFile.Format.CSV, JobDefaults.NONE));
  }

  @Test
  void passesOverALineThatIsFarTooLong() throws IOException {
    InputStream file =
        concatenated(
            "{\"prompt\":\"a\"}\n{\"prompt\":\"",
            repeated("x", 40 << 20),
            "\"}\n{\"prompt\":\"b\"}");
    List<Line> lines = lines(file, JobFile.Format.JSON_LINES, JobDefaults.NONE);
    assertEquals(3, lines.size());
    assertEquals(
        List.of("f:2: line: longer than 1048576 bytes: a job is far shorter"),
        assertInstanceOf(Line.BadLine.class, lines.get(1)).messages());
    assertEquals("b", assertInstanceOf(Line.JobLine.class, lines.get(2)).job().getPrompt());
  }

  @Test
  void takesNothingWithinATooLongCellForAJob() throws IOException {
    InputStream file = concatenated("prompt\n\"", repeated("a cat\n", 40 << 20), "\"\nb\n");
    List<Line> lines = lines(file, JobFile.Format.CSV, JobDefaults.NONE);
    assertEquals(2, lines.size());
    assertInstanceOf(Line.BadLine.class, lines.get(0));
    assertEquals("b", assertInstanceOf(Line.JobLine.class, lines.get(1)).job().getPrompt());
  }

  @Test
  void tellsOfACellThatIsOpenUpToTheEnd() throws IOException {
    InputStream file = concatenated("prompt\n\"", repeated("a cat\n", 2 << 20), "");
    List<Line> lines = lines(file, JobFile.Format.CSV, JobDefaults.NONE);
    assertEquals(1, lines.size());
    assertEquals(
        List.of(
            "f:2: line: longer than 1048576 bytes, up to the end of the file: a quote is opened and"
                + " never closed"),
        assertInstanceOf(Line.BadLine.class, lines.get(0)).messages());
  }

  @Test
  void tellsOfTooLongNamesAndValuesInShort() throws IOException {
    List<String> messages = new ArrayList<>();
    String line =
        "{\"prompt\":\"%s\",\"%s\":1,\"id\":\"%s\"}"
            .formatted("p".repeat(10_001), "x".repeat(5000), "i".repeat(129));
    for (Line bad : lines(line, JobFile.Format.JSON_LINES, JobDefaults.NONE)) {
      messages.addAll(assertInstanceOf(Line.BadLine.class, bad).messages());
    }
    assertEquals(3, messages.size());
    assertTrue(
        messages.contains(
            "f:1: prompt: 10001 characters are too many: up to 10000 would be right"));
    assertTrue(messages.stream().allMatch(message -> message.length() < 400));
  }

  @Test
  void tellsTheFirstProblemsOfALineThatHasThousands() throws IOException {
    String line =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "\"f" + i + "\":1")
            .collect(Collectors.joining(",", "{\"prompt\":\"a\",", "}"));
    Line bad = lines(line, JobFile.Format.JSON_LINES, JobDefaults.NONE).get(0);
    assertEquals(20, assertInstanceOf(Line.BadLine.class, bad).problems().size());
  }

  @Test
  void aPromptOfTheGreatestLengthIsGood() throws IOException {
    assertEquals(
        10_000,
        onlyJob("{\"prompt\":\"" + "🐈".repeat(10_000) + "\"}").job().getPrompt().length() / 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"width\":256,\"prompt\":\"a cat\",\"labels\":{\"b\":2,\"a\":1}}",
        "  { \"prompt\" : \"a\\u0020cat\" , \"labels\":{\"a\":1,\"b\":2}, \"width\" : 256 }",
        "{\"prompt\":\"a cat\",\"seed\":null,\"labels\":{\"a\":1,\"b\":2},\"width\":256}"
      })
  void theSameContentHasTheSameIdHoweverItIsWritten(String line) throws IOException {
    assertEquals("6930372e8fe2091cad039d27b8fc0218", onlyJob(line).job().getId());
  }

  @Test
  void otherContentHasAnotherId() throws IOException {
    List<String> contents =
        List.of(
            "\"prompt\":\"a\"",
            "\"prompt\":\"b\"",
            "\"prompt\":\"a\",\"negative_prompt\":\"\"",
            "\"prompt\":\"a\",\"negative_prompt\":\"b\"",
            "\"prompt\":\"a\",\"model\":\"m\"",
            "\"prompt\":\"a\",\"dataset\":\"m\"",
            "\"prompt\":\"a\",\"num_images_per_prompt\":1",
            "\"prompt\":\"a\",\"num_images_per_prompt\":2",
            "\"prompt\":\"a\",\"num_inference_steps\":2",
            "\"prompt\":\"a\",\"guidance_scale\":2",
            "\"prompt\":\"a\",\"guidance_scale\":2.5",
            "\"prompt\":\"a\",\"scheduler\":\"ddim\"",
            "\"prompt\":\"a\",\"width\":2",
            "\"prompt\":\"a\",\"height\":2",
            "\"prompt\":\"a\",\"seed\":2",
            "\"prompt\":\"a\",\"eta\":0.5",
            "\"prompt\":\"a\",\"timesteps\":[9,1]",
            "\"prompt\":\"a\",\"timesteps\":[9,8,1]",
            "\"prompt\":\"a\",\"keep_unmasked\":false",
            "\"prompt\":\"a\",\"image\":\"a.png\"",
            "\"prompt\":\"a\",\"image\":\"b.png\"",
            "\"prompt\":\"a\",\"image\":\"a.png\",\"outpaint\":{\"left\":8}",
            "\"prompt\":\"a\",\"image\":\"a.png\",\"outpaint\":{\"top\":8}",
            "\"prompt\":\"a\",\"image\":\"a.png\",\"mask\":{\"rectangle\":[0,0,8,8]}",
            "\"prompt\":\"a\",\"loras\":[{\"path\":\"l\"}]",
            "\"prompt\":\"a\",\"loras\":[{\"path\":\"l\",\"scale\":0.5}]",
            "\"prompt\":\"a\",\"loras\":[{\"path\":\"l\"},{\"path\":\"l\"}]",
            "\"prompt\":\"a\",\"seed\":-1",
            "\"prompt\":\"a\",\"labels\":{\"x\":1}",
            "\"prompt\":\"a\",\"labels\":{\"x\":1.0}",
            "\"prompt\":\"a\",\"labels\":{\"x\":\"1\"}",
            "\"prompt\":\"a\",\"labels\":{\"x\":true}",
            "\"prompt\":\"a\",\"labels\":{\"y\":1}");
    Set<String> ids = new HashSet<>();
    for (String content : contents) {
      ids.add(onlyJob("{" + content + "}").job().getId());
    }
    assertEquals(contents.size(), ids.size());
    assertTrue(ids.stream().allMatch(JobRules::isName));
  }

  @Test
  void defaultsFillInWhatALineDoesNotSay() throws IOException {
    JobDefaults defaults =
        JobDefaults.of(
            Map.of(
                "model", "mine",
                "dataset", "animals",
                "negative_prompt", "blurry",
                "num_inference_steps", "20",
                "guidance_scale", "7",
                "scheduler", "ddim",
                "width", "256",
                "height", "320",
                "seed", "5",
                "num_images_per_prompt", "3"));
    Line.JobLine bare = jobs("{\"prompt\":\"a\"}", JobFile.Format.JSON_LINES, defaults).get(0);
    assertEquals("mine", bare.model());
    assertEquals("animals", bare.job().getDataset());
    assertEquals("blurry", bare.job().getNegativePrompt());
    assertEquals(20, bare.job().getNumInferenceSteps());
    assertEquals(7.0, bare.job().getGuidanceScale());
    assertEquals("ddim", bare.job().getScheduler());
    assertEquals(256, bare.job().getWidth());
    assertEquals(320, bare.job().getHeight());
    assertEquals(5L, bare.job().getSeed());
    assertEquals(3, bare.job().getNumImagesPerPrompt());
    assertEquals(onlyJob("{\"prompt\":\"a\"}").job().getId(), bare.job().getId());

    String full =
        "{\"prompt\":\"a\",\"model\":\"m\",\"dataset\":\"d\",\"negative_prompt\":\"\",\"num_inference_steps\":1,"
            + "\"guidance_scale\":1,\"scheduler\":\"euler\",\"width\":8,\"height\":8,\"seed\":0,"
            + "\"num_images_per_prompt\":1}";
    Line.JobLine own = jobs(full, JobFile.Format.JSON_LINES, defaults).get(0);
    assertEquals(onlyJob(full), own);
  }

  @Test
  void defaultsAreChecked() {
    JobDefaults defaults =
        JobDefaults.of(
            Map.of(
                "dataset", "my set",
                "num_inference_steps", "0",
                "scheduler", "eular",
                "seed", "-2"));
    assertEquals(
        List.of("dataset", "num_inference_steps", "scheduler", "seed"),
        defaults.problems(LIMITS).stream().map(Problem::field).toList());
    assertEquals(List.of(), JobDefaults.NONE.problems(LIMITS));
    JobDefaults random = JobDefaults.of(Map.of("seed", "-1"));
    assertEquals(List.of(), random.problems(LIMITS));
  }

  @Test
  void anyFieldMayHaveADefaultButTheId() throws IOException {
    JobDefaults defaults =
        JobDefaults.of(
            Map.of(
                "image", "a.png",
                "outpaint", "{\"left\": 8}",
                "labels", "{\"set\": \"x\", \"n\": 1}",
                "num_inference_steps", "20"));
    assertEquals(List.of(), defaults.problems(LIMITS));
    RenderJob job =
        jobs(
                "{\"prompt\":\"a\",\"timesteps\":[9,1],\"labels\":{\"n\":2}}",
                JobFile.Format.JSON_LINES,
                defaults)
            .get(0)
            .job();
    assertEquals(new Outpaint(8, 0, 0, 0), job.getOutpaint());
    assertEquals(Map.of("set", "x", "n", 2L), job.getLabels());
    assertNull(job.getNumInferenceSteps());

    JobDefaults wrong =
        JobDefaults.of(Map.of("id", "x", "strenght", "1", "eta", "high", "strength", "0.5"));
    assertEquals(
        Set.of(
            "id: is for one job: give it in its line",
            "strenght: unknown field; did you mean strength?",
            "eta: high is no number: 0.5 would be right"),
        wrong.problems(LIMITS).stream().map(Problem::toString).collect(Collectors.toSet()));
  }

  @Test
  void drawsRandomSeeds() throws IOException {
    String file =
        IntStream.range(0, 200)
            .mapToObj(i -> "{\"id\":\"" + i + "\",\"prompt\":\"a\",\"seed\":-1}")
            .collect(Collectors.joining("\n"));
    Set<Long> seeds =
        jobs(file, JobFile.Format.JSON_LINES, JobDefaults.NONE).stream()
            .map(line -> line.job().getSeed())
            .collect(Collectors.toSet());
    // Two of 200 draws from 2^32 are equal once in 200,000 times; three pairs never.
    assertTrue(seeds.size() >= 198);
    assertTrue(seeds.stream().allMatch(seed -> seed >= 0 && seed <= JobRules.MAX_SEED));
    assertTrue(seeds.stream().anyMatch(seed -> seed > Integer.MAX_VALUE));
  }

  @Test
  void aSingleJobIsNamedByAllOfIt() {
    JobDefaults one = JobDefaults.of(Map.of("seed", "1"));
    JobDefaults two = JobDefaults.of(Map.of("seed", "2"));
    Line.JobLine first = assertInstanceOf(Line.JobLine.class, single("a cat", one));
    Line.JobLine other = assertInstanceOf(Line.JobLine.class, single("a cat", two));
    assertEquals(first, single("a cat", one));
    assertNotEquals(first.job().getId(), other.job().getId());
    assertEquals(
        List.of("--prompt:1: prompt: empty: say what to draw"),
        assertInstanceOf(Line.BadLine.class, single(" ", one)).messages());
  }

  @Test
  void opensFilesAndTellsOfThoseThatAreNotThere(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("jobs.CSV");
    Files.writeString(file, "prompt\na cat\n");
    assertEquals(JobFile.Format.CSV, JobFile.Format.of(file));
    assertEquals(JobFile.Format.JSON_LINES, JobFile.Format.of(Path.of("jobs.jsonl")));
    try (JobFile jobs = JobFile.open(file, JobFile.Format.of(file), JobDefaults.NONE, LIMITS)) {
      assertEquals(file + ":2", assertInstanceOf(Line.JobLine.class, jobs.next()).location());
      assertNull(jobs.next());
    }
    Path absent = folder.resolve("absent.jsonl");
    IOException e =
        assertThrows(
            IOException.class,
            () -> JobFile.open(absent, JobFile.Format.of(absent), JobDefaults.NONE, LIMITS));
    assertEquals("Cannot read the job file " + absent + ": there is no such file", e.getMessage());
  }

  private static Line single(String prompt, JobDefaults defaults) {
    return JobFile.single("--prompt", prompt, defaults, LIMITS);
  }

  private static Line.JobLine onlyJob(String json) throws IOException {
    List<Line.JobLine> jobs = jobs(json, JobFile.Format.JSON_LINES, JobDefaults.NONE);
    assertEquals(1, jobs.size());
    return jobs.get(0);
  }

  private static List<Line.JobLine> jobs(String text, JobFile.Format format, JobDefaults defaults)
      throws IOException {
    return lines(text, format, defaults).stream()
        .map(line -> assertInstanceOf(Line.JobLine.class, line))
        .toList();
  }

  private static List<Line> lines(String text, JobFile.Format format, JobDefaults defaults)
      throws IOException {
    return lines(new ByteArrayInputStream(text.getBytes(UTF_8)), format, defaults);
  }

  private static List<Line> lines(InputStream in, JobFile.Format format, JobDefaults defaults)
      throws IOException {
    List<Line> lines = new ArrayList<>();
    try (JobFile file = JobFile.read("f", in, format, defaults, LIMITS)) {
      for (Line line = file.next(); line != null; line = file.next()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static InputStream concatenated(String start, InputStream middle, String end) {
    return new SequenceInputStream(
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream(start.getBytes(UTF_8)),
                middle,
                new ByteArrayInputStream(end.getBytes(UTF_8)))));
  }

  /** A text over and over, up to about so many bytes; never in memory as a whole. */
  private static InputStream repeated(String text, int bytes) {
    byte[] chunk = text.repeat((1 << 16) / text.length()).getBytes(UTF_8);
    return new SequenceInputStream(
        Collections.enumeration(
            IntStream.range(0, bytes / chunk.length)
                .mapToObj(i -> (InputStream) new ByteArrayInputStream(chunk))
                .toList()));
  }
}
