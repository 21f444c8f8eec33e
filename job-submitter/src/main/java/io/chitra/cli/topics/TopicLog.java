package io.chitra.cli.topics;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The topics of jobs themselves. */
final class TopicLog implements JobLog {

  private final KafkaCluster kafka;
  private final Span span;
  private final Map<TopicPartition, Long> from;
  private final Map<TopicPartition, Long> ends;

  private TopicLog(
      KafkaCluster kafka,
      Span span,
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> ends) {
    this.kafka = kafka;
    this.span = span;
    this.from = from;
    this.ends = ends;
  }

  static TopicLog open(KafkaCluster kafka, Span span) throws TopicException, InterruptedException {
    Map<TopicPartition, Long> ends = new HashMap<>(kafka.committedEnds(Topic.OF_JOBS));
    Map<TopicPartition, Long> from = new HashMap<>(kafka.starts(Topic.OF_JOBS));
    for (Place place : span.from()) {
      check(place, from.get(Span.partition(place)));
    }
    for (Place place : span.upTo()) {
      check(place, from.get(Span.partition(place)));
    }
    if (span.since().isPresent()) {
      Instant since = span.since().get();
      kafka
          .offsetsSince(since, Topic.OF_JOBS)
          .forEach((partition, first) -> from.merge(partition, first, Math::max));
    }
    from.keySet().removeIf(partition -> !span.reads(partition));
    ends.keySet().retainAll(from.keySet());
    from.replaceAll(
        (partition, first) -> {
          Long asked = Span.offset(span.from(), partition);
          return asked == null ? first : Math.max(first, asked);
        });
    ends.replaceAll(
        (partition, end) -> {
          Long asked = Span.offset(span.upTo(), partition);
          return asked == null ? end : Math.min(end, asked);
        });
    from.entrySet().removeIf(at -> at.getValue() >= ends.getOrDefault(at.getKey(), 0L));
    ends.keySet().retainAll(from.keySet());
    return new TopicLog(kafka, span, from, ends);
  }

  @Override
  public void readEnds(Topic topic, KafkaCluster.Receiver receiver)
      throws TopicException, InterruptedException {
    kafka.read(receiver, Set.of(topic));
  }

  private static void check(Place place, @Nullable Long start) throws TopicException {
    if (start == null) {
      throw new TopicException(
          "Cannot replay from %s: there is no such partition of a topic of jobs".formatted(place));
    }
    if (place.offset() < start) {
      throw new TopicException(
          "Cannot replay from %s: the topic begins at offset %d; the archive may have it (--from-archive)"
              .formatted(place, start));
    }
  }

  @Override
  public void read(KafkaCluster.Receiver receiver, TopicScan.Listener listener)
      throws TopicException, InterruptedException {
    ReadProgress progress = new ReadProgress(listener, from, ends);
    kafka.readBetween(
        from,
        ends,
        record -> {
          TopicPartition partition = new TopicPartition(record.topic(), record.partition());
          if (record.offset() >= ends.getOrDefault(partition, 0L)) {
            return;
          }
          if (span.holds(Place.of(record), record.timestamp())) {
            receiver.receive(record);
          }
          progress.passed(record);
        },
        () -> false);
    progress.finish();
  }
}
