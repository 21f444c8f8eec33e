package io.chitra.embedded;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackOptions;
import io.chitra.embedded.StateLock.Mode;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import java.nio.file.Path;

/**
 * An embedded stack whose worker has other parts than those of the command line, so that the rest
 * can be measured.
 */
public final class StubbedStack {

  private StubbedStack() {}

  /**
   * Starts one in this JVM, on free ports.
   *
   * @param folder its state folder; of nobody else
   */
  public static LocalStack start(Path folder, Parts parts) throws MachineException {
    StateFolder state = StateFolder.open(folder);
    StateLock lock =
        StateLock.tryAcquire(state.lock(), Mode.ALONE)
            .orElseThrow(
                () ->
                    new MachineException(
                        "Cannot start a stack in %s: another one runs there".formatted(folder)));
    StackOptions options =
        new StackOptions(folder, Loopback.anyFree(), Loopback.anyFree(), Loopback.anyFree());
    return EmbeddedStack.start(
        state, lock, options, (env, worker) -> RenderTopology.build(env, worker, parts));
  }
}
