package io.chitra.worker.task;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A terminal event, ready for Kafka: an encoded image record, dead letter or cancelled range.
 *
 * @param headers Kafka headers, in Kafka Connect's style for dead letters
 */
public record OutgoingRecord(
    Kind kind, byte @Nullable [] key, byte[] value, Map<String, String> headers) {

  /** Which topic the record goes to. */
  public enum Kind {
    RESULT,
    DEAD_LETTER,
    CANCELLED
  }
}
