package io.chitra.cli.topics;

import io.chitra.schemas.Codec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * What Kafka shows of the worker: its beats, how far it has read and its open transactions. Used by
 * one thread.
 */
public final class WorkerSigns {

  private static final Duration POLL = Duration.ofMillis(250);

  private final KafkaCluster kafka;

  /** Where the topics of terminal events end; equal when nothing has ended in between. */
  public record Ends(Map<TopicPartition, Long> offsets) {
    public Ends {
      offsets = Map.copyOf(offsets);
    }
  }

  /** What a while of watching has shown. */
  public enum Seen {
    /** The worker runs, has read all jobs, and nothing has ended for the whole while. */
    IDLE,
    /** The worker runs and works. */
    BUSY,
    /** No sign of life. */
    NO_WORKER
  }

  public WorkerSigns(KafkaCluster kafka) {
    this.kafka = kafka;
  }

  /** Where the topics of terminal events end now. */
  public Ends terminalEnds() throws TopicException, InterruptedException {
    return new Ends(kafka.ends(Topic.OF_ENDS));
  }

  /**
   * Watches until nothing has ended for a while, or it is plain that things do.
   *
   * @param rest how long nothing must end for the worker to be idle
   * @param silence how long there must be no beat for it to be gone
   */
  public Seen watch(Duration rest, Duration silence, TopicScan.Listener listener)
      throws TopicException, InterruptedException {
    Ends ends = terminalEnds();
    long longest = Math.max(rest.toNanos(), silence.toNanos());
    long start = System.nanoTime();
    boolean alive = false;
    try (Consumer<byte[], byte[]> beats = beats()) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : beats.poll(POLL)) {
          alive |= isBeat(record);
        }
        long elapsed = System.nanoTime() - start;
        long needed = alive ? rest.toNanos() : longest;
        listener.read(Duration.ofNanos(elapsed).toSeconds(), Duration.ofNanos(needed).toSeconds());
        if (elapsed >= needed) {
          break;
        }
      }
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
    if (!terminalEnds().equals(ends)) {
      return Seen.BUSY;
    }
    if (!alive) {
      return Seen.NO_WORKER;
    }
    boolean idle = openTransactions().isEmpty() && unreadJobs(1) == 0;
    return idle ? Seen.IDLE : Seen.BUSY;
  }

  /** Whether a record of the topic of sums says that the worker runs. */
  public static boolean isBeat(ConsumerRecord<byte[], byte[]> record) {
    return record.key() != null
        && new String(record.key(), StandardCharsets.UTF_8).equals(Codec.BEAT_KEY);
  }

  private Consumer<byte[], byte[]> beats() throws TopicException, InterruptedException {
    Map<TopicPartition, Long> from = kafka.ends(Set.of(Topic.SUMMARY));
    Consumer<byte[], byte[]> consumer = kafka.consumer();
    consumer.assign(from.keySet());
    from.forEach(consumer::seek);
    return consumer;
  }

  /** The worker's transactional ids that have sent what is not committed yet. */
  public List<String> openTransactions() throws TopicException, InterruptedException {
    try (Admin admin = kafka.admin()) {
      List<String> open = new ArrayList<>();
      ListTransactionsOptions ongoing =
          new ListTransactionsOptions()
              .filterStates(
                  List.of(
                      TransactionState.ONGOING,
                      TransactionState.PREPARE_COMMIT,
                      TransactionState.PREPARE_ABORT));
      for (TransactionListing transaction : admin.listTransactions(ongoing).all().get()) {
        if (transaction.transactionalId().startsWith(kafka.workerPrefix())) {
          open.add(transaction.transactionalId());
        }
      }
      return open;
    } catch (ExecutionException | KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  /** How many records of the jobs topics plan has not read yet; counts up to a number. */
  public long unreadJobs(long most) throws TopicException, InterruptedException {
    return unread("plan", new Ends(kafka.committedEnds(Topic.OF_JOBS)), most, Topic.OF_JOBS);
  }

  /** Where the topics of terminal events end now for a reader of committed records. */
  public Ends committedEnds() throws TopicException, InterruptedException {
    return new Ends(kafka.committedEnds(Topic.OF_ENDS));
  }

  /**
   * How many terminal events before given ends are not in the sums yet, as far as is known; counts
   * up to a number.
   */
  public long unsummedEnds(Ends ends, long most) throws TopicException, InterruptedException {
    return unread("summary", ends, most, Topic.OF_ENDS);
  }

  /** Hands on the records of the jobs topics that may not be in the sums yet. */
  public void unsummedJobs(KafkaCluster.Receiver receiver)
      throws TopicException, InterruptedException {
    kafka.readFrom(read("summary", Topic.OF_JOBS), receiver, () -> false);
  }

  /** Of each partition, the offset that a reader of the worker's reads next. */
  private Map<TopicPartition, Long> read(String reader, Set<Topic> topics)
      throws TopicException, InterruptedException {
    Map<TopicPartition, Long> next = new HashMap<>(kafka.starts(topics));
    String group = kafka.workerPrefix() + "-" + reader;
    try (Admin admin = kafka.admin()) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      committed.forEach(
          (partition, at) -> {
            if (at != null) {
              next.computeIfPresent(partition, (p, begin) -> Math.max(begin, at.offset()));
            }
          });
      return next;
    } catch (ExecutionException | KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  /** Offsets alone do not tell: transactions leave marks in a topic that nobody reads. */
  private long unread(String reader, Ends ends, long most, Set<Topic> topics)
      throws TopicException, InterruptedException {
    Map<TopicPartition, Long> from = read(reader, topics);
    Map<TopicPartition, Long> to = ends.offsets();
    from.keySet().retainAll(to.keySet());
    from.entrySet().removeIf(at -> at.getValue() >= to.getOrDefault(at.getKey(), 0L));
    if (from.isEmpty()) {
      return 0;
    }
    Map<TopicPartition, Long> upTo = new HashMap<>(to);
    upTo.keySet().retainAll(from.keySet());
    long[] count = {0};
    kafka.readBetween(
        from,
        upTo,
        record -> {
          TopicPartition partition = new TopicPartition(record.topic(), record.partition());
          count[0] += record.offset() < upTo.getOrDefault(partition, 0L) ? 1 : 0;
        },
        () -> count[0] >= most);
    return count[0];
  }
}
