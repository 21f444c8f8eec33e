package io.chitra.worker.record;

/**
 * One record of a topic on its way to the archive.
 *
 * @param record an {@link io.chitra.schemas.ArchivedRecord}, single-object encoded
 */
public record JobRow(String topic, int partition, long offset, byte[] record) {}
