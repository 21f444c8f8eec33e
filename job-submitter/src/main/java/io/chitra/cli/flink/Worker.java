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

  /** So many savepoints may fail, one after the other. */
  private static final int ATTEMPTS = 5;

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
    String savepoint = savepoint(deadline);
    awaitEnd(savepoint, deadline);
    return savepoint;
  }

  /** A worker that restarts meanwhile gives a savepoint up, but not the next one. */
  private String savepoint(long deadline) throws FlinkException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      String checkpoint = awaitCheckpoint(deadline);
      String request =
          flink
              .tell(
                  "jobs/" + JOB + "/stop",
                  // Flink's drain would end the input: every open job would be rendered first.
                  Map.of("targetDirectory", savepoints(checkpoint), "drain", false))
              .path("request-id")
              .asText();
      JsonNode operation = awaitSavepoint(request, deadline);
      if (!operation.hasNonNull("failure-cause")) {
        return operation.path("location").asText();
      }
      boolean ended = stateAtTheEnd().filter(state -> !ENDED.contains(state)).isEmpty();
      if (ended || attempt == ATTEMPTS) {
        throw new FlinkException(
            "Cannot drain the worker: %s; %s"
                .formatted(
                    FlinkRest.firstLine(operation.at("/failure-cause/stack-trace").asText()),
                    ended
                        ? "it has ended, and goes on from its newest checkpoint or savepoint when"
                            + " it is started again"
                        : "the same command again tries once more"));
      }
      Thread.sleep(LOOK.toMillis());
    }
  }

  /** Whether Flink has a worker that has not ended. */
  public boolean isThere() throws FlinkException, InterruptedException {
    return state().filter(state -> !ENDED.contains(state)).isPresent();
  }

  private Optional<String> state() throws FlinkException, InterruptedException {
    return job().map(job -> job.path("state").asText());
  }

  /** Empty, too, when Flink is gone: one that was there for the worker alone leaves with it. */
  private Optional<String> stateAtTheEnd() throws InterruptedException {
    try {
      return state();
    } catch (FlinkException gone) {
      return Optional.empty();
    }
  }

  private Optional<JsonNode> job() throws FlinkException, InterruptedException {
    return flink.ask("jobs/" + JOB);
  }

  /** The newest checkpoint of a worker whose tasks all run: it tells where savepoints go. */
  private String awaitCheckpoint(long deadline) throws FlinkException, InterruptedException {
    while (true) {
      JsonNode job =
          job()
              .orElseThrow(
                  () ->
                      new FlinkException(
                          "Cannot drain the worker: none runs on Flink at " + cluster));
      String state = job.path("state").asText();
      if (ENDED.contains(state)) {
        throw new FlinkException(
            "Cannot drain the worker on Flink at %s: it is %s already".formatted(cluster, state));
      }
      if (state.equals("RUNNING") && allTasksRun(job)) {
        String newest =
            flink
                .ask("jobs/" + JOB + "/checkpoints")
                .map(checkpoints -> checkpoints.at("/latest/completed/external_path").asText())
                .orElse("");
        if (!newest.isEmpty()) {
          return newest;
        }
        pause(deadline, "it has completed no checkpoint yet");
      } else {
        pause(deadline, "it is " + state + ", and not all of its tasks run");
      }
    }
  }

  private static boolean allTasksRun(JsonNode job) {
    for (JsonNode vertex : job.path("vertices")) {
      if (vertex.at("/tasks/RUNNING").asInt() < vertex.path("parallelism").asInt()) {
        return false;
      }
    }
    return true;
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

  /** What has come of a savepoint: its location, or why there is none. */
  private JsonNode awaitSavepoint(String request, long deadline)
      throws FlinkException, InterruptedException {
    while (true) {
      Optional<JsonNode> answer = flink.ask("jobs/" + JOB + "/savepoints/" + request);
      if (answer.isPresent() && answer.get().at("/status/id").asText().equals("COMPLETED")) {
        return answer.get().path("operation");
      }
      pause(deadline, "its savepoint is not complete yet");
    }
  }

  private void awaitEnd(String savepoint, long deadline)
      throws FlinkException, InterruptedException {
    while (true) {
      Optional<String> state = stateAtTheEnd();
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
