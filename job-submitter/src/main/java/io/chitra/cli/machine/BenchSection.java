package io.chitra.cli.machine;

import java.util.Locale;

/** A part of a benchmark that can be asked for by its name. */
public enum BenchSection {
  /** ONNX Runtime over the same graphs, with nothing around it: the floor. */
  BARE,

  /** The engine, without Kafka, Flink and S3. */
  ENGINE,

  /** All of it, from a job in Kafka to the records of its pictures. */
  PIPELINE,

  /** Requests of all kinds on one engine, in continuous and in whole batches. */
  MIXED,

  /** The pipeline with a renderer that does nothing, beside a loop that only puts objects. */
  STUB,

  /** A job of a million pictures that are neither rendered nor stored. */
  MILLION,

  /** A dataset packed, beside a loop that only fetches its pictures. */
  EXPORT;

  /** In lower case, as command lines and reports have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
