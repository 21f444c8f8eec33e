package io.chitra.cli.topics;

import io.chitra.store.ObjectStore;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records of the topics of jobs, and of those that tell what ended without a picture, from the
 * topics themselves or from their archive in a store. Where the jobs end is pinned when it is
 * opened, so that every reading hands on the same. Used by one thread.
 */
public interface JobLog {

  /** Hands on the records, in the order of their offsets within each partition. */
  void read(KafkaCluster.Receiver receiver, TopicScan.Listener listener)
      throws TopicException, InterruptedException;

  /** Hands on all records of {@link Topic#CANCELLED} or {@link Topic#DEAD_LETTERS}. */
  void readEnds(Topic topic, KafkaCluster.Receiver receiver)
      throws TopicException, InterruptedException;

  /**
   * Which part of the topics is read. Places and times bound it together; an end is left out.
   *
   * @param from of partitions, where reading begins; others are not read. Empty: all are, from
   *     their beginning
   * @param since the broker's time of the oldest record
   * @param upTo of partitions, where reading ends
   * @param until the broker's time after the newest record
   */
  record Span(
      List<Place> from, Optional<Instant> since, List<Place> upTo, Optional<Instant> until) {

    /** All there is. */
    public static final Span ALL =
        new Span(List.of(), Optional.empty(), List.of(), Optional.empty());

    public Span {
      from = List.copyOf(from);
      upTo = List.copyOf(upTo);
      requireOnce(from);
      requireOnce(upTo);
    }

    private static void requireOnce(Collection<Place> places) {
      Map<TopicPartition, Place> seen = new HashMap<>();
      for (Place place : places) {
        Place before = seen.put(partition(place), place);
        if (before != null) {
          throw new IllegalArgumentException(
              "Cannot begin or end at %s and at %s: they are in one partition"
                  .formatted(before, place));
        }
      }
    }

    static TopicPartition partition(Place place) {
      return new TopicPartition(place.topic(), place.partition());
    }

    boolean reads(TopicPartition partition) {
      return from.isEmpty() || from.stream().anyMatch(at -> partition(at).equals(partition));
    }

    boolean holds(Place place, long timestamp) {
      TopicPartition partition = partition(place);
      Long first = offset(from, partition);
      Long end = offset(upTo, partition);
      return reads(partition)
          && (first == null || place.offset() >= first)
          && (end == null || place.offset() < end)
          && since.map(time -> timestamp >= time.toEpochMilli()).orElse(true)
          && until.map(time -> timestamp < time.toEpochMilli()).orElse(true);
    }

    static @Nullable Long offset(List<Place> places, TopicPartition partition) {
      return places.stream()
          .filter(place -> partition(place).equals(partition))
          .findFirst()
          .map(Place::offset)
          .orElse(null);
    }
  }

  /**
   * The topics.
   *
   * @throws TopicException when a place is in no partition, or was forgotten by it
   */
  static JobLog ofTopics(KafkaCluster kafka, Span span)
      throws TopicException, InterruptedException {
    return TopicLog.open(kafka, span);
  }

  /**
   * The archive: {@code jobs/<topic>-<partition>/<from>-<to>.avro} in the store.
   *
   * @throws TopicException when there is none
   */
  static JobLog ofArchive(ObjectStore objects, Topics topics, Span span) throws TopicException {
    return ArchivedLog.open(objects, topics, span);
  }
}
