package io.chitra.worker.summary;

/** Key and value for the topic of sums. */
public record SummaryRecord(byte[] key, byte[] value) {}
