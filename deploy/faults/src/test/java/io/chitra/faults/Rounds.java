package io.chitra.faults;

import java.time.Duration;

/**
 * Faults in the middle of jobs, one at a time.
 *
 * @param model the digest of a model that the stack has
 * @param pictures that each job asks for
 */
record Rounds(FaultStack stack, String model, int pictures) {

  /** So many pictures of a job are asked for by two submissions. */
  private static final int TWINS = 40;

  /** What happens in the middle of a job. */
  interface Fault {
    void strike() throws Exception;
  }

  /**
   * Sends a job, lets the fault strike once a quarter of its pictures is put, and waits for all
   * that was asked for.
   *
   * @return how long that took from the fault on
   */
  Duration run(Fault fault) throws Exception {
    stack.jobs().stubs(model, pictures - 2 * TWINS);
    stack.jobs().twins(model, TWINS);
    stack.jobs().flush();
    stack.awaitPuts(pictures / 4);
    long start = System.nanoTime();
    fault.strike();
    stack.awaitAll();
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
