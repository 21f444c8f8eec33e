package io.chitra.cli.flink;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The worker as a Flink cluster runs it: one Flink job with a fixed id.
 *
 * <p>Blocks; for one thread.
 */
public final class Worker {

  /** The id of the worker's Flink job, always the same. */
  public static final String JOB = "c417a000000000000000000000000001";

  /** The folder within the checkpoint directory where a start looks for savepoints. */
  private static final String SAVEPOINTS = "savepoints";

  private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");
  private static final Duration LOOK = Duration.ofMillis(250);

  private final URI cluster;
  private final FlinkRest flink;

  /**
   * @param cluster address of Flink's web page
   */
  public Worker(URI cluster) {
    this.cluster = cluster;
    this.flink = new FlinkRest(cluster);
  }

  /**
   * Stops the worker with a savepoint and waits until it has ended: what it had made is committed,
   * what it had not is in the savepoint.
   *
   * @param patience with the worker until it runs, and then until it has ended
   * @return where the savepoint is
   * @throws FlinkException when there is no worker, or it goes on, with the reason
   */
  public String drain(Duration patience) throws FlinkException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    String checkpoint = awaitCheckpoint(deadline);
    String request =
        flink
            .tell(
                "jobs/" + JOB + "/stop",
                // Flink's drain would end the input: every open job would be rendered first.
                Map.of("targetDirectory", savepoints(checkpoint), "drain", false))
            .path("request-id")
            .asText();
    String savepoint = awaitSavepoint(request, deadline);
    awaitEnd(savepoint, deadline);
    return savepoint;
  }

  /** Whether Flink has a worker that has not ended. */
  public boolean isThere() throws FlinkException, InterruptedException {
    return state().filter(state -> !ENDED.contains(state)).isPresent();
  }

  private Optional<String> state() throws FlinkException, InterruptedException {
    return flink.ask("jobs/" + JOB).map(job -> job.path("state").asText());
  }

  /** The newest checkpoint of a worker that runs: it tells where savepoints go. */
  private String awaitCheckpoint(long deadline) throws FlinkException, InterruptedException {
    while (true) {
      String state =
          state()
              .orElseThrow(
                  () ->
                      new FlinkException(
                          "Cannot drain the worker: none runs on Flink at " + cluster));
      if (ENDED.contains(state)) {
        throw new FlinkException(
            "Cannot drain the worker on Flink at %s: it is %s already".formatted(cluster, state));
      }
      String newest =
          flink
              .ask("jobs/" + JOB + "/checkpoints")
              .map(checkpoints -> checkpoints.at("/latest/completed/external_path").asText())
              .orElse("");
      if (state.equals("RUNNING") && !newest.isEmpty()) {
        return newest;
      }
      pause(
          deadline,
          newest.isEmpty()
              ? "it has completed no checkpoint yet"
              : "it is " + state + " all the time");
    }
  }

  /** From {@code DIRECTORY/JOB/chk-N} to {@code DIRECTORY/savepoints}. */
  private static String savepoints(String checkpoint) throws FlinkException {
    int ofJob = checkpoint.lastIndexOf("/" + JOB + "/");
    if (ofJob < 0) {
      throw new FlinkException(
          "Cannot tell where savepoints go: the newest checkpoint is at " + checkpoint);
    }
    return checkpoint.substring(0, ofJob + 1) + SAVEPOINTS;
  }

  private String awaitSavepoint(String request, long deadline)
      throws FlinkException, InterruptedException {
    while (true) {
      Optional<JsonNode> answer = flink.ask("jobs/" + JOB + "/savepoints/" + request);
      if (answer.isPresent() && answer.get().at("/status/id").asText().equals("COMPLETED")) {
        JsonNode operation = answer.get().path("operation");
        if (operation.hasNonNull("failure-cause")) {
          throw new FlinkException(
              "Cannot drain the worker: %s; the same command again tries once more"
                  .formatted(
                      FlinkRest.firstLine(operation.at("/failure-cause/stack-trace").asText())));
        }
        return operation.path("location").asText();
      }
      pause(deadline, "its savepoint is not complete yet");
    }
  }

  /** A Flink that was there for the worker alone leaves with it. */
  private void awaitEnd(String savepoint, long deadline)
      throws FlinkException, InterruptedException {
    while (true) {
      Optional<String> state;
      try {
        state = state();
      } catch (FlinkException gone) {
        return;
      }
      if (state.isEmpty() || state.get().equals("FINISHED")) {
        return;
      }
      if (ENDED.contains(state.get())) {
        throw new FlinkException(
            "Cannot drain the worker: it is %s; its next start goes on from the savepoint %s"
                .formatted(state.get(), savepoint));
      }
      pause(deadline, "it has not ended after its savepoint " + savepoint);
    }
  }

  private void pause(long deadline, String meanwhile) throws FlinkException, InterruptedException {
    if (System.nanoTime() - deadline > 0) {
      throw new FlinkException(
          "Cannot drain the worker on Flink at %s: %s; give it more time with --timeout"
              .formatted(cluster, meanwhile));
    }
    Thread.sleep(LOOK.toMillis());
  }
}
