package io.chitra.worker.task;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Time that never jumps, for measuring how long something has waited: since some moment, which is
 * another one in each JVM.
 */
public enum SteadyClock implements InstantSource {
  STEADY;

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(System.nanoTime());
  }
}
