package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.schemas.SubmissionSummary;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * An upgrade: this version takes up the topics and the savepoint that an older one has left, in the
 * middle of its work. {@code src/test/resources/upgrade} has the older state and what makes it.
 */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class OlderStateTest {

  private static final String OLDER = "/upgrade/state-9f3fc31.zip";
  private static final String[] JOBS = {"render.jobs.high", "render.jobs", "render.jobs.low"};
  private static final String[] ENDS = {
    "render.results", "render.dead-letters", "render.cancelled"
  };

  @TempDir private Path folder;

  private Servers servers;
  private KafkaProbe kafka;

  /** The job of each submission; none where its record is no job. */
  private final Map<Submission, Optional<RenderJob>> asked = new HashMap<>();

  private final Map<Submission, BitSet> ended = new HashMap<>();
  private final Map<TopicPartition, Long> read = new HashMap<>();

  @BeforeEach
  void takeOver() throws Exception {
    unpack(OLDER, folder);
    servers = Servers.start(folder);
    kafka = servers.probe();
    for (ConsumerRecord<byte[], byte[]> record : readOn(JOBS)) {
      asked.put(
          new Submission(record.topic(), record.partition(), record.offset()),
          Codec.renderJobs().ifReadable(record.value()));
    }
    readEnds();
  }

  @AfterEach
  void stop() {
    servers.close();
  }

  @Test
  void whatAnOlderVersionHadBegunIsFinishedAndNothingEndsTwice() throws Exception {
    assertEquals(4, endedOf("done"));
    assertEquals(5_000, endedOf("unwanted"));
    assertEquals(0, endedOf("stuck"), "they were in hand when it stopped");
    assertTrue(endedOf("half") > 0 && endedOf("half") < 400, ended.toString());
    assertEquals(0, endedOf("next"), "it waited behind half");
    assertEquals(8, asked.size());

    Map<String, String> options = options();
    Configuration worker = WorkerOptions.parse(options);
    try (EmbeddedFlink flink =
        EmbeddedFlink.start(
            folder.resolve("flink-temp"), Loopback.anyFree(), WorkerJob.slots(worker))) {
      CompletableFuture<Optional<String>> end =
          flink.run(
              (env, configured) ->
                  RenderTopology.build(
                      env, configured, Parts.ofWorker().withRenderers((w, s) -> new PngRenderer())),
              worker);
      while (!allEnded() || !allSummedUp()) {
        assertFalse(end.isDone(), () -> "the worker ended: " + end.join());
        readEnds();
      }
      // What comes last has come after anything that would have been too much.
      servers.send("render.jobs.low", servers.job("last", "last"));
      while (endedOf("last") == 0) {
        assertFalse(end.isDone(), () -> "the worker ended: " + end.join());
        for (ConsumerRecord<byte[], byte[]> record : readOn(JOBS)) {
          asked.put(
              new Submission(record.topic(), record.partition(), record.offset()),
              Codec.renderJobs().ifReadable(record.value()));
        }
        readEnds();
      }
    }
  }

  /** A worker's with its usual topics. */
  private Map<String, String> options() {
    Map<String, String> options =
        servers.workerOptions(folder.resolve("flink").resolve("checkpoints"));
    options
        .keySet()
        .removeIf(
            name ->
                name.startsWith("chitra.topics.")
                    || name.equals("chitra.kafka.transaction-prefix"));
    return options;
  }

  private boolean allEnded() {
    return asked.entrySet().stream()
        .allMatch(entry -> endedOf(entry.getKey()) == pictures(entry.getValue()));
  }

  private static int pictures(Optional<RenderJob> job) {
    return job.map(RenderJob::getNumImagesPerPrompt).orElse(1);
  }

  /** The worker's own sums go on where the older one's were. */
  private boolean allSummedUp() {
    Map<Submission, Integer> sums = new HashMap<>();
    for (byte[] value : kafka.read("render.summary")) {
      Codec.summaries()
          .ifReadable(value)
          .ifPresent(sum -> sums.put(sum.getSubmission(), endedOf(sum)));
    }
    return asked.entrySet().stream()
        .filter(entry -> entry.getValue().isPresent())
        .allMatch(entry -> pictures(entry.getValue()) == sums.getOrDefault(entry.getKey(), 0));
  }

  private static int endedOf(SubmissionSummary sum) {
    return sum.getRendered() + sum.getReused() + sum.getFailed() + sum.getCancelled();
  }

  private int endedOf(String job) {
    return asked.entrySet().stream()
        .filter(entry -> entry.getValue().filter(j -> job.equals(j.getId())).isPresent())
        .mapToInt(entry -> endedOf(entry.getKey()))
        .sum();
  }

  private int endedOf(Submission submission) {
    return ended.getOrDefault(submission, new BitSet()).cardinality();
  }

  private void readEnds() throws Exception {
    for (ConsumerRecord<byte[], byte[]> record : readOn(ENDS)) {
      switch (record.topic()) {
        case "render.results" -> {
          ImageRecord picture = Codec.imageRecords().decode(record.value());
          end(picture.getSubmission(), picture.getImageIndex(), 1);
        }
        case "render.cancelled" -> {
          CancelledRange range = Codec.cancelledRanges().decode(record.value());
          end(range.getSubmission(), range.getFirstIndex(), range.getIndexCount());
        }
        default -> {
          DeadLetter letter = Codec.deadLetters().decode(record.value());
          assertEquals(Optional.empty(), asked.get(letter.getSubmission()), letter.getMessage());
          end(letter.getSubmission(), 0, 1);
        }
      }
    }
  }

  private void end(Submission submission, int first, int count) {
    BitSet indexes = ended.computeIfAbsent(submission, s -> new BitSet());
    for (int index = first; index < first + count; index++) {
      assertFalse(indexes.get(index), "picture " + index + " of " + submission + " ends twice");
      indexes.set(index);
    }
  }

  /** What has been committed since the last time. */
  private List<ConsumerRecord<byte[], byte[]>> readOn(String... topics) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = kafka.consumer("test")) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : topics) {
        consumer
            .partitionsFor(topic)
            .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
      }
      consumer.assign(partitions);
      partitions.forEach(partition -> consumer.seek(partition, read.getOrDefault(partition, 0L)));
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      partitions.forEach(partition -> read.put(partition, consumer.position(partition)));
    }
    return records;
  }

  private static void unpack(String resource, Path folder) throws IOException {
    try (InputStream in = OlderStateTest.class.getResourceAsStream(resource);
        ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(in, resource))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
  }
}
