package io.chitra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.show.Screen;
import io.chitra.cli.submit.TestModels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as far as it goes without a stack: {@link TestMachine} stands for one. */
class MainTest {

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    Screen pipe = new Screen(false, 80, false);
    Console console =
        new Console(
            new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), pipe, pipe);
    return Main.run(console, args);
  }

  private int render(String... args) throws Exception {
    String[] all = new String[args.length + 5];
    all[0] = "render";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--state";
    all[args.length + 2] = folder.resolve("state").toString();
    all[args.length + 3] = "--model";
    all[args.length + 4] = TestModels.create(folder.resolve("model")).toString();
    return run(all);
  }

  private String out() {
    return out.toString(UTF_8);
  }

  private String err() {
    return err.toString(UTF_8);
  }

  private Path jobs(String... lines) throws Exception {
    return Files.write(folder.resolve("jobs.jsonl"), List.of(lines));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "render",
        "up",
        "submit",
        "status",
        "cancel",
        "dead-letters",
        "dead-letters list",
        "dead-letters show",
        "dead-letters redrive",
        "retry",
        "fsck",
        "worker",
        "drain",
        "export",
        "models",
        "models inspect",
        "models push",
        "bench",
        "doctor"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    String[] args = (command + " --help").strip().split(" ");

    assertEquals(0, run(args));
    assertTrue(out().contains("Usage: chitra" + (command.isEmpty() ? "" : " " + command)), out());
    assertTrue(out().contains("Examples:\n  chitra " + command), out());
    assertTrue(out().contains("--state=DIR"), out());
    assertEquals("", err());
  }

  @Test
  void theVersionIsTheOneOfTheBuild() {
    assertEquals(0, run("--version"));
    assertTrue(out().matches("(?s)chitra \\d+\\.\\d+\\.\\d+.*"), out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "paint",
        "",
        "models",
        "render",
        "render nowhere.jsonl",
        "render --prompt a --widht 256",
        "render --prompt a --width big",
        "render --prompt a --width 0",
        "render --prompt a --scheduler magic",
        "render --prompt a --seed 4294967296",
        "render --prompt a --dataset ../x",
        "render --prompt a --model nowhere",
        "render jobs.jsonl --prompt a",
        "render --prompt a --set strenght=0.5",
        "render --prompt a --set strength=2",
        "render --prompt a --set output_format=gif",
        "render --prompt a --set strength",
        "render --prompt a --priority urgent",
        "cancel",
        "cancel cat-7",
        "cancel cat-7 --dataset ../x",
        "cancel ../x --dataset animals",
        "submit --prompt a --s3 http://localhost:1",
        "status --transaction-prefix other",
        "status --topic results=pictures",
        "status --kafka localhost:1 --topic colours=pictures",
        "status --kafka localhost:1 --topic results=render.jobs",
        "up --processes 0",
        "up --processes 2 --no-worker",
        "drain --timeout 0",
        "submit --prompt a --kafka localhost:1 --access-key a",
        "dead-letters",
        "dead-letters list --filter colour=red",
        "dead-letters list --filter message~(",
        "dead-letters list --limit 0",
        "dead-letters show first",
        "dead-letters redrive",
        "dead-letters redrive 1 --all",
        "dead-letters redrive x",
        "retry",
        "retry rain",
        "retry rain --dataset weather --index x",
        "retry rain --dataset weather --index 9-3",
        "retry rain --dataset weather --index 3 --failed",
        "fsck --settle -1",
        "bench --only magic",
        "bench --model nowhere",
        "bench --model . --rows 1",
        "bench --model . --pictures 0",
        "bench --model . --stub-pictures 0",
        "bench --model . --stub-bytes 0",
        "bench --model . --steps 0",
        "bench --model . --size -8",
        "bench --model . --guidance NaN",
        "bench --model . --device tpu",
        "doctor --color maybe"
      })
  void whatCannotBeEndsWithTwoAndAReason(String command) {
    String state = folder.resolve("state").toString();
    String[] args = command.isEmpty() ? new String[0] : (command + " --state " + state).split(" ");

    assertEquals(2, run(args));
    assertEquals("", out());
    assertFalse(err().isBlank());
    assertFalse(err().contains("\tat "), err());
  }

  @Test
  void badLinesAreToldByFileLineAndField() throws Exception {
    Path file = jobs("{\"prompt\":\"a\",\"width\":70}", "[]", "{\"id\":\"x\",\"prompt\":\"b\"}");

    assertEquals(1, render(file.toString(), "--strict"));

    assertTrue(err().contains(file + ":1: width: 70"), err());
    assertTrue(err().contains(file + ":2: "), err());
    assertTrue(err().contains("Nothing was sent: 2 of 3 lines refused"), err());
    assertFalse(Files.exists(folder.resolve("state/kafka")));
  }

  @Test
  void anyFieldMayBeSetForAllLines() throws Exception {
    assertEquals(1, render("--prompt", "a", "--set", "image=nowhere.png", "--set", "strength=0.5"));
    assertTrue(err().contains("--prompt:1: image: there is no file"), err());

    assertEquals(2, run("render", "--prompt", "a", "--set", "output_format=gif"));
    assertTrue(err().contains("Cannot use --set output_format: 'gif' is unknown"), err());
  }

  @Test
  void nothingIsStartedWhenNoLineIsGood() throws Exception {
    assertEquals(1, render(jobs("{}", "nonsense").toString()));

    assertTrue(err().contains("Nothing was sent: 2 of 2 lines refused"), err());
  }

  @Test
  void anEmptyFileHasNoJobs() throws Exception {
    assertEquals(1, render(jobs().toString()));

    assertTrue(err().contains("it has no jobs"), err());
  }

  @Test
  void aStackThatCannotStartIsOneLine() throws Exception {
    assertEquals(1, render("--prompt", "নীল বিড়াল"));

    assertTrue(err().contains("Cannot start: " + TestMachine.REASON), err());
    assertFalse(err().contains("\tat "), err());
  }

  @Test
  void debugShowsTheStackTrace() throws Exception {
    assertEquals(1, render("--prompt", "a", "--debug"));

    assertTrue(err().contains("\tat io.chitra.cli."), err());
  }

  @Test
  void kafkaThatIsNotThereIsOneLine() throws Exception {
    int exitCode =
        run(
            "submit",
            "--prompt",
            "a",
            "--kafka",
            "localhost",
            "--s3",
            "http://localhost:9",
            "--access-key",
            "a",
            "--secret-key",
            "b",
            "--model",
            TestModels.create(folder.resolve("model")).toString(),
            "--state",
            folder.toString());

    assertEquals(1, exitCode);
    assertTrue(err().contains("Cannot use Kafka at localhost"), err());
    assertFalse(err().contains("\tat "), err());
  }

  @Test
  void kafkaElsewhereIsNotTalkedToInTheClearUnasked() throws Exception {
    int exitCode =
        run(
            "submit",
            "--prompt",
            "a",
            "--kafka",
            "192.0.2.1:9092",
            "--s3",
            "http://localhost:9",
            "--state",
            folder.toString());

    assertEquals(2, exitCode);
    assertTrue(
        err().contains("Set in --kafka-config FILE security.protocol to SSL or SASL_SSL"), err());
  }

  @Test
  void theDoctorTellsWhatIsMissingAndTheWayOut() throws Exception {
    assertEquals(1, run("doctor", "--state", folder.toString()));
    assertTrue(out().contains("problem  disk    1 GiB free"), out());
    assertTrue(out().contains("disk: free 4 GiB more"), out());
  }

  @Test
  void theDoctorSpeaksJson() throws Exception {
    assertEquals(1, run("doctor", "--json", "--state", folder.toString()));

    JsonNode finding = new JsonMapper().readTree(out()).get("findings").get(1);
    assertEquals("disk", finding.get("subject").textValue());
    assertEquals("problem", finding.get("level").textValue());
  }

  @Test
  void showRefusesWhatIsNoStripOrPicture() {
    String state = folder.toString();
    assertEquals(2, run("show", "d", "--job", "j", "--steps", "1", "--state", state));
    assertTrue(err().contains("Cannot show 1 steps: 2 to 100 would be right"), err());
    assertEquals(2, run("show", "d", "--job", "j", "--index", "-1", "--state", state));
    assertTrue(err().contains("Cannot show picture -1"), err());
    assertEquals(2, run("show", "d", "--state", state));
    assertTrue(err().contains("--job"), err());
  }

  @Test
  void modelsAreInspected() throws Exception {
    assertEquals(0, run("models", "inspect", folder.toString(), "--state", folder.toString()));
    assertTrue(out().contains("multiples of  8"), out());
    assertTrue(out().contains("memory        2.0 KiB"), out());
    assertTrue(out().contains("unet (float32, 1.0 KiB, sha256 cdcd"), out());
    assertTrue(out().contains("  in   sample float32 [batch, 4, h, w]"), out());
  }

  @Test
  void modelsAreInspectedAsJson() throws Exception {
    assertEquals(
        0, run("models", "inspect", folder.toString(), "--json", "--state", folder.toString()));

    JsonNode model = new JsonMapper().readTree(out());
    assertEquals(8, model.get("size_factor").intValue());
    assertEquals(2048, model.get("resident_bytes").intValue());
    assertEquals("unet", model.get("parts").get(0).get("name").textValue());
  }

  @Test
  void theBenchmarkIsATableForPeople() throws Exception {
    assertEquals(0, run("bench", "--model", folder.toString(), "--state", folder.toString()));
    assertTrue(out().lines().allMatch(line -> line.length() <= 80), out());
    String words = out().replaceAll(" +", " ");
    assertTrue(words.contains("256 x 256, 20 steps, guidance 4, 4 rows, cpu"), out());
    assertTrue(words.contains("bare loop, one run a core 30 1.500 0.6667 -"), out());
    assertTrue(words.contains("pipeline 100 1.900 0.5263 95.0 %"), out());
    assertTrue(words.contains("mixed, continuous over whole 1.50"), out());
    assertTrue(words.contains("renders nothing, of the put loop 75.0 %"), out());
    assertTrue(words.contains("stores nothing, longest checkpoint 1.3 s"), out());
    assertTrue(err().contains("Measuring: engine alone"), err());
    assertTrue(err().contains("10 of 10 pictures"), err());
  }

  @Test
  void theBenchmarkSpeaksJsonOfWhatWasMeasured() throws Exception {
    assertEquals(
        0, run("bench", "--json", "--model", folder.toString(), "--state", folder.toString()));
    JsonNode all = new JsonMapper().readTree(out());
    assertEquals(1.5, all.get("bare_loop_pictures_per_s").doubleValue(), 1e-9);
    assertEquals(0.75, all.get("bare_loop_default_threads_pictures_per_s").doubleValue(), 1e-9);
    assertEquals(3, all.get("bare_loop_slices").size());
    assertEquals(1.25 / (20 / 15.0), all.get("engine_ratio").doubleValue(), 1e-9);
    assertEquals(0.95, all.get("pipeline_ratio").doubleValue(), 1e-6);
    assertEquals(1.5, all.get("static_batching_ratio").doubleValue(), 1e-9);
    assertEquals(0.75, all.get("stub_ratio").doubleValue(), 1e-9);
    assertEquals(1.25, all.get("million_longest_checkpoint_s").doubleValue(), 1e-9);
    assertEquals(
        "[\"bare\",\"engine\",\"pipeline\",\"mixed\",\"stub\",\"export\"]",
        all.get("options").get("sections").toString());
    assertTrue(all.get("peak_memory_bytes").isNull());

    out.reset();
    assertEquals(
        0,
        run(
            "bench",
            "--json",
            "--only",
            "engine",
            "--model",
            folder.toString(),
            "--state",
            folder.toString()));
    JsonNode engine = new JsonMapper().readTree(out());
    assertEquals("[\"engine\"]", engine.get("options").get("sections").toString());
    assertTrue(engine.get("engine_ratio").isNull());
    assertFalse(engine.has("bare_loop_pictures_per_s"));
    assertFalse(engine.has("pipeline_pictures_per_s"));
  }

  @Test
  void theWorkerGetsItsOptionsByTheirNames() throws Exception {
    Path config = Files.writeString(folder.resolve("client.properties"), "sasl.mechanism=PLAIN\n");

    assertEquals(
        0,
        run(
            "worker",
            "--kafka",
            "broker:9092",
            "--kafka-config",
            config.toString(),
            "--bucket",
            "pictures",
            "--set",
            "chitra.render.rows=8",
            "--state",
            folder.toString()));

    assertEquals(
        "{chitra.kafka.bootstrap-servers=broker:9092,"
            + " chitra.kafka.properties.sasl.mechanism=PLAIN,"
            + " chitra.render.rows=8, chitra.s3.bucket=pictures}",
        TestMachine.workerOptions().toString());
  }

  @Test
  void aValueMayLookLikeSomethingElse() throws Exception {
    assertEquals(1, render("--prompt", "@cat"));
    assertTrue(err().contains("Rendering 1 picture of 1 job"), err());
  }

  @Test
  void coloursCanBeAskedFor() throws Exception {
    run("doctor", "--color", "always", "--state", folder.toString());

    assertTrue(out().contains("\u001b[31mproblem\u001b[0m"), out());
  }
}
