package io.chitra.cli.lineage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Topic;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineageTest {

  private static final UUID PARENT = UUID.fromString("0199a3f2-0000-7000-8000-000000000001");

  @TempDir private Path folder;

  @Test
  void aRunThatGoesWellBeginsAndCompletes() throws Exception {
    LineageDataset topic =
        LineageDataset.topic(new KafkaCluster("broker:9092,other:9092", Map.of()), Topic.JOBS);
    LineageDataset rows =
        LineageDataset.dataset("pictures", "team a/", "cats", URI.create("http://minio:9000"));
    int returned =
        lineage(Optional.of(new ParentRun("airflow", "daily.render", PARENT)))
            .recorded(
                "render",
                "Renders",
                run -> {
                  run.about("cats").reads(LineageDataset.file(Path.of("jobs.jsonl"), "Jobs"));
                  run.writes(topic).writes(rows).begun();
                  run.writes(topic, Amount.rows(3)).writes(rows, new Amount(12L, 4096L, 12L));
                  return 7;
                });
    assertEquals(7, returned);

    List<JsonNode> events = events();
    assertEquals(List.of("START", "COMPLETE"), types(events));
    assertEquals(events.get(0).at("/run/runId"), events.get(1).at("/run/runId"));
    assertEquals("2026-11-23T13:00:00Z", events.get(0).at("/eventTime").asText());
    JsonNode end = events.get(1);
    assertEquals("render.cats", end.at("/job/name").asText());
    assertEquals("data team", end.at("/job/namespace").asText());
    assertEquals(PARENT.toString(), end.at("/run/facets/parent/run/runId").asText());
    assertEquals("1.2.3", end.at("/run/facets/processing_engine/version").asText());
    assertEquals("file", end.at("/inputs/0/namespace").asText());
    assertEquals(
        Path.of("jobs.jsonl").toAbsolutePath().toString(), end.at("/inputs/0/name").asText());
    assertEquals("kafka://broker:9092", end.at("/outputs/0/namespace").asText());
    assertEquals(3, end.at("/outputs/0/outputFacets/outputStatistics/rowCount").asLong());
    assertTrue(events.get(0).at("/outputs/0/outputFacets/outputStatistics").isMissingNode());
    assertEquals("chitra://pictures/team a", end.at("/outputs/1/namespace").asText());
    assertEquals(4096, end.at("/outputs/1/outputFacets/outputStatistics/size").asLong());
    assertEquals("http://minio:9000", end.at("/outputs/1/facets/dataSource/uri").asText());
    List<String> fields = end.at("/outputs/1/facets/schema/fields").findValuesAsText("name");
    assertTrue(fields.contains("pixel_sha256") && fields.contains("prompt"), fields.toString());
  }

  @Test
  void aRunThatFailsSaysWhyAndStillThrows() throws Exception {
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                lineage(Optional.empty())
                    .recorded(
                        "submit",
                        "Sends",
                        run -> {
                          throw new IOException("Cannot read jobs: none");
                        }));
    assertEquals("Cannot read jobs: none", thrown.getMessage());
    List<JsonNode> events = events();
    assertEquals(List.of("START", "FAIL"), types(events));
    assertEquals("submit", events.get(1).at("/job/name").asText());
    JsonNode error = events.get(1).at("/run/facets/errorMessage");
    assertEquals("Cannot read jobs: none", error.path("message").asText());
    assertTrue(error.path("stackTrace").asText().contains("LineageTest"), error.toString());
  }

  @Test
  void aRunThatIsStoppedIsAborted() throws Exception {
    assertThrows(
        InterruptedException.class,
        () ->
            lineage(Optional.empty())
                .recorded(
                    "render",
                    "Renders",
                    run -> {
                      run.begun();
                      throw new InterruptedException();
                    }));
    assertEquals(List.of("START", "ABORT"), types(events()));
  }

  @Test
  void runsShareAFile() throws Exception {
    for (int i = 0; i < 3; i++) {
      lineage(Optional.empty()).recorded("submit", "Sends", run -> 0);
    }
    List<JsonNode> events = events();
    assertEquals(6, events.size());
    assertEquals(3, events.stream().map(e -> e.at("/run/runId").asText()).distinct().count());
  }

  @Test
  void withoutAFileNothingIsWritten() throws Exception {
    Lineage none =
        new Lineage(Optional.empty(), "chitra", Optional.empty(), "chitra 1.2.3", () -> NOW);
    String returned =
        none.recorded(
            "render",
            "Renders",
            run -> {
              run.about("cats").reads(LineageDataset.at("s3://b/k", "A")).begun();
              return "rendered";
            });
    assertEquals("rendered", returned);
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void placesAreNamedAsOpenLineageNamesThem() {
    LineageDataset objects = LineageDataset.at("s3://exports/cats/v1/", "An export");
    assertEquals("s3://exports", objects.namespace());
    assertEquals("cats/v1", objects.name());
    assertEquals("/", LineageDataset.at("s3://exports", "An export").name());
    assertEquals("file", LineageDataset.at("out", "An export").namespace());
  }

  @Test
  void aParentIsReadAsOrchestratorsWriteIt() {
    assertEquals(
        Optional.of(new ParentRun("my/space", "daily.render", PARENT)),
        ParentRun.parse("my/space/daily.render/" + PARENT));
    assertEquals(Optional.empty(), ParentRun.parse("daily.render/" + PARENT));
    assertEquals(Optional.empty(), ParentRun.parse("a/b/not-a-run"));
  }

  private static final Instant NOW = Instant.parse("2026-11-23T13:00:00Z");

  private Lineage lineage(Optional<ParentRun> parent) {
    return new Lineage(
        Optional.of(folder.resolve("events.jsonl")),
        "data team",
        parent,
        "chitra 1.2.3",
        () -> NOW);
  }

  private List<JsonNode> events() throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("events.jsonl"))) {
      events.add(new JsonMapper().readTree(line));
    }
    return events;
  }

  private static List<String> types(List<JsonNode> events) {
    return events.stream().map(event -> event.path("eventType").asText()).toList();
  }
}
