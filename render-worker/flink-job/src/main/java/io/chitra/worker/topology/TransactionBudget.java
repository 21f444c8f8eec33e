package io.chitra.worker.topology;

import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.RestartStrategyOptions;

/**
 * How long a transaction may have to stay open between its first record and its commit, against how
 * long the broker keeps it. It is opened right after a checkpoint; it waits an interval for the
 * next one, which may fail as often as is tolerated before one completes; then its commit may be
 * the very thing that a dying TaskManager does not do, so it waits until that is noticed, and
 * through every wait between restarts. A broker that aborts it earlier than that makes records
 * disappear of which the checkpoint says that they are there.
 *
 * <p>The time that restarts themselves take is not in it: what is left of the transaction's timeout
 * is for that.
 *
 * @param transaction the transaction's timeout
 * @param interval between checkpoints
 * @param checkpoint the timeout of one
 * @param failures of checkpoints in a row that lead to no restart
 * @param heartbeat until a dead TaskManager is noticed
 * @param restarts in a row until the worker gives up
 * @param waits before all of these restarts together
 */
record TransactionBudget(
    Duration transaction,
    Duration interval,
    Duration checkpoint,
    int failures,
    Duration heartbeat,
    int restarts,
    Duration waits) {

  /** Of options that {@link RenderTopology#configure} has completed. */
  static TransactionBudget of(Configuration configured) {
    int restarts = configured.get(WorkerOptions.RESTARTS);
    return new TransactionBudget(
        configured.get(WorkerOptions.KAFKA_TRANSACTION_TIMEOUT),
        configured.get(WorkerOptions.CHECKPOINT_INTERVAL),
        configured.get(WorkerOptions.CHECKPOINT_TIMEOUT),
        configured.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER),
        configured.get(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT),
        restarts,
        waits(
            restarts,
            configured.get(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF),
            configured.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF),
            configured.get(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER),
            configured.get(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_JITTER_FACTOR)));
  }

  /** The waits of Flink's exponential-delay strategy, each as long as chance may make it. */
  static Duration waits(
      int restarts, Duration first, Duration longest, double growth, double jitter) {
    double wait = first.toMillis();
    double all = 0;
    for (int i = 0; i < restarts; i++) {
      all += Math.min(wait * (1 + jitter), longest.toMillis());
      wait = Math.min(wait * growth, longest.toMillis());
    }
    return Duration.ofMillis((long) Math.ceil(all));
  }

  /** The shortest timeout that a transaction may have. */
  Duration needed() {
    return interval.plus(checkpoint.multipliedBy(failures + 1L)).plus(heartbeat).plus(waits);
  }

  /** Why the worker cannot be exactly-once, and what to change. */
  Optional<String> refusal() {
    if (transaction.compareTo(needed()) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        ("Cannot start the worker: %s is %s, and a transaction may have to wait %s for its commit"
             + " (%s %s, %d checkpoints of %s %s, %s %s, waits of %s before %s %d); the broker"
             + " would abort records of a complete checkpoint. Raise the first, or lower one of the"
             + " others")
            .formatted(
                WorkerOptions.KAFKA_TRANSACTION_TIMEOUT.key(),
                shown(transaction),
                shown(needed()),
                WorkerOptions.CHECKPOINT_INTERVAL.key(),
                shown(interval),
                failures + 1,
                WorkerOptions.CHECKPOINT_TIMEOUT.key(),
                shown(checkpoint),
                HeartbeatManagerOptions.HEARTBEAT_TIMEOUT.key(),
                shown(heartbeat),
                shown(waits),
                WorkerOptions.RESTARTS.key(),
                restarts));
  }

  /** Likewise, for the longest transaction that a broker allows. */
  static Optional<String> refusal(Duration transaction, String broker, Duration allowed) {
    if (transaction.compareTo(allowed) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        ("Cannot start the worker: %s is %s, and broker %s allows transactions of %s; lower the"
                + " former, or raise the broker's transaction.max.timeout.ms")
            .formatted(
                WorkerOptions.KAFKA_TRANSACTION_TIMEOUT.key(),
                shown(transaction),
                broker,
                shown(allowed)));
  }

  private static String shown(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
