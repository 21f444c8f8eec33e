package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.machine.LocalStack;
import io.chitra.embedded.bench.StubModel;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.worker.topology.Parts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Reports and lineage as the real command line makes them, on a real stack with drawn pictures. */
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class ReportCommandTest {

  @TempDir private Path temp;

  private Path state;
  private LocalStack stack;
  private KafkaProbe kafka;
  private ObjectStore objects;

  @BeforeEach
  void start() throws Exception {
    state = temp.resolve("state");
    stack =
        StubbedStack.start(state, Parts.ofWorker().withRenderers((w, s) -> new DrawingRenderer()));
    kafka = new KafkaProbe(stack.addresses().kafka());
    objects =
        S3ObjectStore.open(
            StoreConfig.at(
                stack.addresses().s3Endpoint(),
                stack.addresses().bucket(),
                new StoreCredentials(
                    stack.addresses().accessKey(), stack.addresses().secretKey())));
  }

  @AfterEach
  void stop() {
    objects.close();
    stack.close();
  }

  @Test
  void aDatasetIsSubmittedAndReportedOn() throws Exception {
    Path jobs = temp.resolve("animals.jsonl");
    Files.write(
        jobs,
        List.of(
            "{\"id\": \"cat\", \"prompt\": \"a cat <script>\", \"seed\": 1,"
                + " \"num_images_per_prompt\": 9, \"labels\": {\"class\": \"cat\"}}",
            "{\"id\": \"dog\", \"prompt\": \"a dog\", \"seed\": 1, \"num_images_per_prompt\": 6,"
                + " \"labels\": {\"class\": \"dog\"}}",
            "{\"id\": \"fog\", \"prompt\": \"broken\", \"seed\": 1, \"num_images_per_prompt\":"
                + " 4}"));
    Path model = StubModel.write(temp.resolve("model"));
    Path lineage = temp.resolve("lineage.jsonl");
    CommandLineRun submitted =
        CommandLineRun.of(state, "submit", jobs, "--model", model, "--openlineage", lineage);
    assertEquals(0, submitted.exit(), submitted.said());
    await("render.results", 15);
    await("render.dead-letters", 4);

    Path page = temp.resolve("animals.html");
    JsonNode good = report(0, page);
    assertEquals(19, good.path("asked").asInt(), good.toString());
    assertEquals(15, good.path("made").asInt(), good.toString());
    assertEquals(4, good.path("failed").asInt(), good.toString());
    assertEquals(2, good.path("classes").asInt(), good.toString());
    assertEquals(15, good.path("looked_at").asInt(), good.toString());
    assertEquals(6, good.path("identical").asInt(), "the seeds of dog are among those of cat");
    assertEquals(4, good.path("failures").path(0).path("count").asInt(), good.toString());
    assertEquals(Files.size(page), good.path("file_bytes").asLong(), good.toString());
    String html = Files.readString(page);
    assertTrue(html.contains("a cat &lt;script&gt;"), "prompts are there as text");
    assertFalse(html.contains("a cat <script>"), "and not as markup");
    assertTrue(html.contains("Cannot render: it is broken"), "failures are there");
    assertTrue(html.contains("pencil"), "and what made the pictures");

    ImageRecord gone = Codec.imageRecords().decode(kafka.read("render.results").get(0));
    objects.delete(gone.getObjectKey()).join();
    objects.put(gone.getObjectKey(), "damaged".getBytes(UTF_8), "image/png", Map.of()).join();
    JsonNode damaged = report(1, page);
    assertTrue(damaged.path("not_shown").size() > 0, damaged.toString());
    assertEquals(1, CommandLineRun.of(state, "report", "nobody").exit());
    CommandLineRun unknown = CommandLineRun.of(state, "report", "animals", "--by", "kind");
    assertEquals(2, unknown.exit(), unknown.said());
    assertTrue(unknown.said().contains("none has it; they have class"), unknown.said());

    assertSubmissionIsTold(lineage, jobs);
  }

  private void assertSubmissionIsTold(Path lineage, Path jobs) throws Exception {
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(lineage)) {
      events.add(new JsonMapper().readTree(line));
    }
    assertEquals(2, events.size(), events.toString());
    assertEquals("START", events.get(0).path("eventType").asText());
    JsonNode end = events.get(1);
    assertEquals("COMPLETE", end.path("eventType").asText(), end.toString());
    assertEquals("submit.animals", end.at("/job/name").asText());
    assertEquals(jobs.toString(), end.at("/inputs/0/name").asText());
    assertEquals(3, end.at("/inputs/0/inputFacets/inputStatistics/rowCount").asInt());
    assertTrue(end.at("/inputs/1/name").asText().startsWith("models/"), end.toString());
    assertEquals("render.jobs", end.at("/outputs/0/name").asText());
    assertEquals(3, end.at("/outputs/0/outputFacets/outputStatistics/rowCount").asInt());
  }

  private JsonNode report(int exit, Path page) throws Exception {
    CommandLineRun run = CommandLineRun.of(state, "report", "animals", "--out", page, "--json");
    assertEquals(exit, run.exit(), run.said());
    return run.json();
  }

  private void await(String topic, int records) throws Exception {
    while (kafka.read(topic).size() < records) {
      stack.check();
      Thread.sleep(100);
    }
  }
}
