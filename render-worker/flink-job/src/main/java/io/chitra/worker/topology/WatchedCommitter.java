package io.chitra.worker.topology;

import io.chitra.schemas.IncidentKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits as the Kafka sink does, and keeps account of it. A transaction that the broker will not
 * commit, although its checkpoint is complete, is one of two things: it was committed before a
 * restart, which the ledger knows; or the broker has aborted it, and its records are lost. Flink
 * counts the latter and goes on; here it is an incident, which turns {@code chitra status} red
 * until {@code chitra fsck --repair} has asked for the records again.
 *
 * <p>Whatever cannot be taken down or reported fails the commit, and so leads to a restart and to
 * the same question again. Life cycle and thread: the committing operator's.
 */
final class WatchedCommitter implements Committer<KafkaCommittable> {

  static final String LOST_TRANSACTIONS = "lostTransactions";

  private static final Logger LOG = LoggerFactory.getLogger(WatchedCommitter.class);

  private final Committer<KafkaCommittable> kafka;
  private final CommitListener listener;
  private final CommitLedger ledger;
  private final IncidentLog incidents;
  private final Counter lost;

  /** Takes over the committer and the ledger. */
  WatchedCommitter(
      Committer<KafkaCommittable> kafka,
      CommitListener listener,
      CommitLedger ledger,
      IncidentLog incidents,
      Counter lost) {
    this.kafka = kafka;
    this.listener = listener;
    this.ledger = ledger;
    this.incidents = incidents;
    this.lost = lost;
  }

  @Override
  public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
      throws IOException, InterruptedException {
    if (requests.isEmpty()) {
      return;
    }
    List<Watched> watched = requests.stream().map(Watched::new).toList();
    listener.beforeCommit();
    kafka.commit(List.copyOf(watched));
    listener.afterCommit();
    List<KafkaCommittable> settled = new ArrayList<>();
    List<Watched> failed = new ArrayList<>();
    for (Watched request : watched) {
      switch (request.answer) {
        case COMMITTED -> settled.add(request.getCommittable());
        case LATER -> {}
        case REFUSED, FAILED -> failed.add(request);
      }
    }
    ledger.settle(settled);
    for (Watched request : failed) {
      conclude(request);
    }
  }

  private void conclude(Watched request) throws IOException, InterruptedException {
    KafkaCommittable transaction = request.getCommittable();
    if (ledger.settled(transaction)) {
      request.flink.signalAlreadyCommitted();
      return;
    }
    Throwable reason = request.reason();
    if (request.answer == Answer.FAILED) {
      request.flink.signalFailedWithUnknownReason(reason);
      return;
    }
    String message =
        ("Lost a transaction: its checkpoint is complete, and the broker will not commit %s"
                + " (producer %d, epoch %d): %s. The records of that checkpoint are missing in the"
                + " results; chitra fsck --repair asks for them again")
            .formatted(
                transaction.getTransactionalId(),
                transaction.getProducerId(),
                transaction.getEpoch(),
                reason);
    LOG.error(message, reason);
    lost.inc();
    incidents.report(IncidentKind.LOST_TRANSACTION, message);
    ledger.settle(List.of(transaction));
    request.flink.signalFailedWithKnownReason(reason);
  }

  @Override
  public void close() throws Exception {
    try {
      kafka.close();
    } finally {
      ledger.close();
    }
  }

  /** What the Kafka committer says of a transaction. */
  private enum Answer {
    COMMITTED,
    LATER,
    /** The broker will never commit it. */
    REFUSED,
    /** Nobody knows. */
    FAILED
  }

  /** A request that keeps failures back until it is clear what they mean. */
  private static final class Watched implements CommitRequest<KafkaCommittable> {

    private final CommitRequest<KafkaCommittable> flink;
    private Answer answer = Answer.COMMITTED;
    private @Nullable Throwable reason;

    Watched(CommitRequest<KafkaCommittable> flink) {
      this.flink = flink;
    }

    Throwable reason() {
      return reason == null ? new IOException("no reason given") : reason;
    }

    @Override
    public KafkaCommittable getCommittable() {
      return flink.getCommittable();
    }

    @Override
    public int getNumberOfRetries() {
      return flink.getNumberOfRetries();
    }

    @Override
    public void signalFailedWithKnownReason(Throwable why) {
      answer = Answer.REFUSED;
      reason = why;
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable why) {
      answer = Answer.FAILED;
      reason = why;
    }

    @Override
    public void retryLater() {
      answer = Answer.LATER;
      flink.retryLater();
    }

    @Override
    public void updateAndRetryLater(KafkaCommittable other) {
      answer = Answer.LATER;
      flink.updateAndRetryLater(other);
    }

    @Override
    public void signalAlreadyCommitted() {
      flink.signalAlreadyCommitted();
    }
  }
}
