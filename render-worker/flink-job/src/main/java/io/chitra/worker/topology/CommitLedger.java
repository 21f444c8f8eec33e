package io.chitra.worker.topology;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which transactions are settled: committed, or reported as lost. After a restart Flink commits
 * once more what was committed before, and a broker that has moved on refuses that in the same
 * words as a transaction that it has aborted; the ledger tells them apart.
 *
 * <p>It is the newest settled transaction of each transactional id, in {@code render.attempts}
 * under {@code commit/}. That is enough, since an id is given to another transaction only after the
 * one before it is settled. A commit that the ledger could not take down before the process died is
 * asked of the broker.
 *
 * <p>Used by one thread; blocks.
 */
final class CommitLedger implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CommitLedger.class);

  private static final String PREFIX = "commit/";

  private final Properties clients;
  private final CompactedTopic topic;

  /** Read when it is first needed. */
  private @Nullable Map<String, Entry> entries;

  /** A transaction of a transactional id. */
  private record Entry(long producer, int epoch) {

    static Entry of(KafkaCommittable transaction) {
      return new Entry(transaction.getProducerId(), transaction.getEpoch());
    }

    String encoded() {
      return "1 " + producer + " " + epoch;
    }

    static Optional<Entry> decoded(String text) {
      String[] parts = text.split(" ");
      try {
        return parts.length == 3 && parts[0].equals("1")
            ? Optional.of(new Entry(Long.parseLong(parts[1]), Integer.parseInt(parts[2])))
            : Optional.empty();
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }
  }

  private CommitLedger(Properties clients, CompactedTopic topic) {
    this.clients = clients;
    this.topic = topic;
  }

  static CommitLedger open(Configuration options) {
    return new CommitLedger(
        Clients.kafka(options),
        CompactedTopic.open(
            options, options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX) + "-commits"));
  }

  /** Takes them down; returns when that outlives the process. */
  void settle(Collection<KafkaCommittable> transactions) throws IOException, InterruptedException {
    CompletableFuture<?>[] puts =
        transactions.stream().map(this::settle).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(puts).get();
    } catch (ExecutionException e) {
      throw new IOException("Cannot take down what was committed: " + e.getCause(), e);
    }
  }

  private CompletableFuture<Void> settle(KafkaCommittable transaction) {
    Entry entry = Entry.of(transaction);
    if (entries != null) {
      entries.put(transaction.getTransactionalId(), entry);
    }
    return topic.put(PREFIX + transaction.getTransactionalId(), entry.encoded());
  }

  /** Whether a transaction that the broker does not commit was settled before. */
  boolean settled(KafkaCommittable transaction) throws IOException, InterruptedException {
    Entry newest = entries().get(transaction.getTransactionalId());
    return (newest != null
            && newest.producer() == transaction.getProducerId()
            && newest.epoch() >= transaction.getEpoch())
        || committedForTheBroker(transaction);
  }

  private Map<String, Entry> entries() throws IOException {
    if (entries == null) {
      Map<String, Entry> read = new HashMap<>();
      topic
          .read(PREFIX, CompactedTopic.FOR_EVER)
          .forEach((id, text) -> Entry.decoded(text).ifPresent(entry -> read.put(id, entry)));
      entries = read;
    }
    return entries;
  }

  /** Brokers raise the epoch by one when they end a transaction, or leave it (before KIP-890). */
  private boolean committedForTheBroker(KafkaCommittable transaction)
      throws IOException, InterruptedException {
    String id = transaction.getTransactionalId();
    try (Admin admin = Admin.create(clients)) {
      TransactionDescription found = admin.describeTransactions(List.of(id)).description(id).get();
      LOG.info("Transaction {} is not in the ledger; the broker says {}", transaction, found);
      boolean committed =
          found.state() == TransactionState.COMPLETE_COMMIT
              || found.state() == TransactionState.PREPARE_COMMIT;
      int ends = found.producerEpoch() - transaction.getEpoch();
      return committed
          && found.producerId() == transaction.getProducerId()
          && (ends == 0 || ends == 1);
    } catch (ExecutionException e) {
      LOG.warn("The broker cannot say what became of transaction {}", transaction, e.getCause());
      return false;
    } catch (KafkaException e) {
      throw new IOException("Cannot ask the broker about transaction " + id + ": " + e, e);
    }
  }

  @Override
  public void close() {
    topic.close();
  }
}
