package io.chitra.worker.topology;

import java.io.Serializable;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What time it is for a worker: only for saying so in records. No decision about pictures or their
 * records rests on it, since clocks jump. Travels with the job to where operators run.
 */
@FunctionalInterface
public interface WorkerClock extends InstantSource, Serializable {

  /** The machine's. */
  WorkerClock SYSTEM = Instant::now;
}
