package io.chitra.worker.record;

/** One committed record of {@code render.results}: where it lies, and its bytes. */
public record ResultRow(int partition, long offset, byte[] value) {}
