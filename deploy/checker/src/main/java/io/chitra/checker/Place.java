package io.chitra.checker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.generic.GenericRecord;

/** Where a record lies; of one of a topic of jobs, the identity of a submission. */
record Place(String topic, int partition, long offset) {

  private static final Pattern TEXT = Pattern.compile("(.+)-(\\d{1,9})@(\\d{1,18})");

  /** As terminal events name their submission. */
  static Place of(GenericRecord event) {
    GenericRecord submission = (GenericRecord) event.get("submission");
    return new Place(
        submission.get("topic").toString(),
        (Integer) submission.get("partition"),
        (Long) submission.get("offset"));
  }

  /** Reads {@code TOPIC-PARTITION@OFFSET}, as headers have it. */
  static Optional<Place> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new Place(
                parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return topic + "/" + partition + "@" + offset;
  }
}
