package io.chitra.embedded;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.Codec;
import io.chitra.schemas.Incident;
import io.chitra.schemas.IncidentKind;
import io.chitra.worker.topology.CommitListener;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.TopicException;
import io.chitra.worker.topology.Topics;
import io.chitra.worker.topology.WorkerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a checkpoint's transactions, on a real broker: lost ones are told, and those that
 * were committed before a restart are not taken for lost.
 */
@Timeout(120)
class CommitWatchTest {

  @TempDir private static Path folder;

  private static Servers servers;

  /** What is done around commits; a listener travels through Flink, so it is found here. */
  private static volatile Around around = new Around(() -> {}, () -> {});

  private record Around(Step before, Step after) {}

  private interface Step {
    void run() throws Exception;
  }

  private record Steps() implements CommitListener {
    private static final long serialVersionUID = 1L;

    @Override
    public void beforeCommit() {
      run(around.before());
    }

    @Override
    public void afterCommit() {
      run(around.after());
    }

    private static void run(Step step) {
      try {
        step.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @TempDir private Path checkpoints;

  private Map<String, String> options;
  private Terminals terminals;
  private @Nullable EmbeddedFlink flink;
  private CompletableFuture<Optional<String>> ended = new CompletableFuture<>();

  @BeforeAll
  static void startServers() throws Exception {
    servers = Servers.start(folder);
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @BeforeEach
  void makeTopics() throws Exception {
    around = new Around(() -> {}, () -> {});
    options = servers.workerOptions(checkpoints);
    Topics.ensure(WorkerOptions.parse(options));
    terminals = Terminals.of(servers.probe(), options);
  }

  @AfterEach
  void stop() {
    terminals.close();
    if (flink != null) {
      flink.close();
    }
  }

  private void start() throws Exception {
    EmbeddedFlink started = EmbeddedFlink.start(folder.resolve("flink"), Loopback.anyFree(), 1);
    flink = started;
    Parts parts =
        Parts.ofWorker()
            .withRenderers((worker, store) -> new StubRenderer())
            .withCommits(new Steps());
    ended =
        started.run(
            (env, worker) -> RenderTopology.build(env, worker, parts),
            WorkerOptions.parse(options));
  }

  private void send(String id, int pictures) throws Exception {
    servers.send(
        Servers.topic(options, "jobs"),
        servers.job(id, id + checkpoints).setNumImagesPerPrompt(pictures));
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      assertFalse(ended.isDone(), () -> "the worker ended: " + ended.join());
      terminals.look();
    }
  }

  private List<Incident> incidents() throws Exception {
    List<Incident> incidents = new ArrayList<>();
    for (byte[] value : servers.probe().read(Servers.topic(options, "incidents"))) {
      incidents.add(Codec.incidents().decode(value));
    }
    return incidents;
  }

  @Test
  void aTransactionThatTheBrokerHasAbortedIsAnIncident() throws Exception {
    AtomicInteger aborted = new AtomicInteger();
    around =
        new Around(
            () -> {
              if (aborted.get() == 0) {
                aborted.addAndGet(abortOpenTransactions());
              }
            },
            () -> {});
    send("lost", 3);
    start();

    await(() -> !incidents().isEmpty());
    send("after", 3);
    await(() -> terminals.pictures().contains("after/2"));

    assertTrue(aborted.get() > 0);
    assertEquals(1, incidents().size());
    Incident incident = incidents().get(0);
    assertEquals(IncidentKind.LOST_TRANSACTION, incident.getKind());
    assertTrue(incident.getMessage().contains("chitra fsck --repair"), incident.getMessage());
    assertTrue(
        terminals.records().size() < 6, "what was aborted is missing: " + terminals.pictures());
  }

  /** As its coordinator does when the timeout is over. */
  private int abortOpenTransactions() throws Exception {
    String prefix = requireNonNull(options.get("chitra.kafka.transaction-prefix"));
    try (Admin admin = servers.probe().admin()) {
      List<String> open =
          admin
              .listTransactions(
                  new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)))
              .all()
              .get()
              .stream()
              .map(TransactionListing::transactionalId)
              .filter(id -> id.startsWith(prefix))
              .toList();
      try {
        admin.fenceProducers(open).all().get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
      return open.size();
    }
  }

  @Test
  void whatWasCommittedBeforeARestartIsNotTakenForLost() throws Exception {
    AtomicInteger commits = new AtomicInteger();
    around =
        new Around(
            () -> {},
            () -> { // dies after the commit, before anything is taken down
              if (commits.incrementAndGet() % 4 == 1 && commits.get() < 12) {
                throw new IllegalStateException("dies after commit " + commits.get());
              }
            });
    send("job", 1500);
    start();

    await(() -> terminals.records().size() >= 1500);
    send("last", 1);
    await(() -> terminals.pictures().contains("last/0"));

    assertEquals(1501, terminals.records().size());
    assertEquals(1501, terminals.pictures().stream().distinct().count());
    assertTrue(commits.get() > 9, commits + " commits");
    assertEquals(List.of(), incidents());
  }

  @Test
  void aCheckpointWhoseCommitWasNeverTriedIsCommittedByTheNextStart() throws Exception {
    AtomicInteger commits = new AtomicInteger();
    around =
        new Around(
            () -> {
              if (commits.incrementAndGet() % 3 == 2 && commits.get() < 9) {
                throw new IllegalStateException("dies before commit " + commits.get());
              }
            },
            () -> {});
    send("job", 1500);
    start();

    await(() -> terminals.records().size() >= 1500);
    send("last", 1);
    await(() -> terminals.pictures().contains("last/0"));

    assertEquals(1501, terminals.records().size());
    assertEquals(1501, terminals.pictures().stream().distinct().count());
    assertEquals(List.of(), incidents());
  }

  @Test
  void aTransactionLongerThanTheBrokerAllowsIsRefusedAtTheStart() {
    options.put("chitra.kafka.transaction-timeout", "8 d");

    TopicException e =
        assertThrows(TopicException.class, () -> Topics.ensure(WorkerOptions.parse(options)));
    assertTrue(
        String.valueOf(e.getMessage())
            .contains("chitra.kafka.transaction-timeout is 691200 s, and broker 1 allows"),
        e.getMessage());
  }

  @Test
  void kafkaElsewhereIsNotTalkedToInTheClearUnasked() {
    options.put("chitra.kafka.bootstrap-servers", "192.0.2.1:9092");

    TopicException e =
        assertThrows(TopicException.class, () -> Topics.ensure(WorkerOptions.parse(options)));
    assertTrue(
        String.valueOf(e.getMessage()).contains("chitra.kafka.properties.security.protocol"),
        e.getMessage());
  }
}
