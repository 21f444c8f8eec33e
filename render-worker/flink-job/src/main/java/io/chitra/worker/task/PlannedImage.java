package io.chitra.worker.task;

/**
 * One picture that plan has asked for, in the form that travels between Flink's tasks and waits in
 * their state: the resolved job as versioned Avro bytes, and which of its pictures.
 *
 * @param job the resolved job, single-object encoded
 * @param imageIndex 0-based index within the job
 */
public record PlannedImage(String topic, int partition, long offset, byte[] job, int imageIndex) {}
