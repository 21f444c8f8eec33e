package io.chitra.worker.task;

import org.jspecify.annotations.Nullable;

/**
 * One record of {@code render.jobs} as it came, before anyone has looked inside.
 *
 * @param key the Kafka key, null when there is none
 * @param value the Kafka value, null for a tombstone
 */
public record JobMessage(
    String topic, int partition, long offset, byte @Nullable [] key, byte @Nullable [] value) {}
