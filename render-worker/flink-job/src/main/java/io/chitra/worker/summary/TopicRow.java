package io.chitra.worker.summary;

/**
 * One committed record of a topic of jobs or of terminal events: where it lies, when the broker
 * took it, and its bytes, which are empty where it has none.
 */
public record TopicRow(String topic, int partition, long offset, long timestamp, byte[] value) {}
