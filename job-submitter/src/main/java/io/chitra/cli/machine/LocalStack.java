package io.chitra.cli.machine;

/**
 * A stack that is up: this JVM's own, or one that another process runs and this one uses. Closing
 * an own stack waits until no other process uses it, then stops it; closing an attached one only
 * takes leave.
 */
public interface LocalStack extends AutoCloseable {

  StackAddresses addresses();

  /** Whether another process runs it. */
  boolean attached();

  /**
   * Blocks until the stack has ended by itself or by {@link #close()}.
   *
   * @throws MachineException when it broke, with the reason
   */
  void await() throws MachineException, InterruptedException;

  /**
   * Whether its worker was stopped with a savepoint ({@code chitra drain}), which has ended the
   * stack: nothing is broken, and the next start goes on from that savepoint.
   */
  boolean drained();

  /**
   * Fails when the stack is broken (the Flink job has failed for good, the process that ran it is
   * gone).
   */
  void check() throws MachineException;

  @Override
  void close();
}
