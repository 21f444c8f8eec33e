package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.Stage;
import io.chitra.worker.topology.Topics;
import io.chitra.worker.topology.WorkerOptions;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pictures that kill the worker, on a real broker, with workers that are processes and die. Whoever
 * runs them starts the next one, as a supervisor does.
 */
@Timeout(300)
class KillingPictureTest {

  @TempDir private Path folder;

  private Servers servers;
  private Map<String, String> options;
  private Terminals terminals;
  private ChildJvm worker;
  private CompletableFuture<Integer> exit;
  private int deaths;

  @BeforeEach
  void start() throws Exception {
    servers = Servers.start(folder);
    options = servers.workerOptions(folder.resolve("checkpoints"));
    Topics.ensure(WorkerOptions.parse(options));
    Properties written = new Properties();
    written.putAll(options);
    try (Writer out = Files.newBufferedWriter(folder.resolve("worker.properties"))) {
      written.store(out, null);
    }
    terminals = Terminals.of(servers.probe(), options);
    startWorker();
  }

  @AfterEach
  void stop() {
    worker.close();
    terminals.close();
    servers.close();
  }

  private void startWorker() throws Exception {
    ChildJvm started =
        ChildJvm.start(
            folder.resolve("logs"),
            KillingWorker.class,
            folder.resolve("worker.properties"),
            folder.resolve("flink"));
    worker = started;
    exit =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return started.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            task -> new Thread(task, "test-worker").start());
  }

  /** A worker that dies is followed by the next. */
  private void await(int events) throws Exception {
    while (terminals.count() < events) {
      if (exit.isDone()) {
        assertEquals(KillingWorker.DEATH, exit.join(), worker::said);
        deaths++;
        assertTrue(deaths <= 20, "it would die for ever");
        worker.close();
        startWorker();
      }
      terminals.look();
    }
  }

  private void send(String id, String prompt, int pictures) throws Exception {
    servers.send(
        Servers.topic(options, "jobs"), servers.job(id, prompt).setNumImagesPerPrompt(pictures));
  }

  private static Stream<String> pictures(String id, int count) {
    return IntStream.range(0, count).mapToObj(i -> id + "/" + i);
  }

  @Test
  void oneThatKillsFromTheFirstSecondIsADeadLetterAndAllOthersAreMade() throws Exception {
    send("before", "a cat", 20);
    send("fatal", KillingWorker.FATAL_PROMPT, 1);
    send("after", "a dog", 20);
    await(41);
    terminals.look();

    checkFatal(terminals.letters());
    assertEquals(
        Stream.concat(pictures("after", 20), pictures("before", 20)).sorted().toList(),
        terminals.pictures());
    assertTrue(deaths <= 3, deaths + " deaths");
  }

  @Test
  void oneThatComesInNormalRunningIsTooAndCostsThreeDeathsAtMost() throws Exception {
    send("before", "a cat", 300); // checkpoints complete meanwhile
    await(300);
    send("between", "a hen", 300);
    await(600);
    send("fatal", KillingWorker.FATAL_PROMPT, 1);
    send("after", "a dog", 40);
    await(641);
    terminals.look();

    checkFatal(terminals.letters());
    assertEquals(640, terminals.pictures().stream().distinct().count());
    assertEquals(640, terminals.records().size());
    assertTrue(deaths <= 3, deaths + " deaths");
  }

  private static void checkFatal(List<DeadLetter> letters) {
    assertEquals(1, letters.size(), letters::toString);
    DeadLetter letter = letters.get(0);
    assertEquals("fatal", letter.getJobId());
    assertEquals(0, letter.getFirstIndex());
    assertEquals(Stage.RENDER, letter.getStage());
    assertEquals("WorkerKilledException", letter.getErrorClass());
    assertTrue(letter.getMessage().contains("with nothing else in hand"), letter.getMessage());
  }
}
