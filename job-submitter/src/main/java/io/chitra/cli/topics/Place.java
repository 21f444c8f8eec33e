package io.chitra.cli.topics;

import io.chitra.schemas.Submission;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where a record lies in Kafka; of a job's record, the identity of the submission. */
public record Place(String topic, int partition, long offset) implements Comparable<Place> {

  private static final Pattern TEXT = Pattern.compile("(.+)-(\\d{1,9})@(\\d{1,18})");
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::topic)
          .thenComparingInt(Place::partition)
          .thenComparingLong(Place::offset);

  /** Where a record was read. */
  public static Place of(ConsumerRecord<?, ?> record) {
    return new Place(record.topic(), record.partition(), record.offset());
  }

  /** The submission that a terminal event names. */
  public static Place of(Submission submission) {
    return new Place(submission.getTopic(), submission.getPartition(), submission.getOffset());
  }

  /** Reads what {@link #toString} writes; empty for anything else. */
  public static Optional<Place> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new Place(
                parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
        : Optional.empty();
  }

  /** As an event names its submission. */
  public Submission submission() {
    return new Submission(topic, partition, offset);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  /** {@code render.jobs-2@17}. */
  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
