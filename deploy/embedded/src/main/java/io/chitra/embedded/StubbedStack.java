package io.chitra.embedded;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackOptions;
import io.chitra.embedded.StateLock.Mode;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import java.nio.file.Path;
import java.util.Map;

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
    return start(folder, parts, Map.of());
  }

  /**
   * Likewise, with other options of its worker than the stack's own.
   *
   * @param worker by name
   */
  public static LocalStack start(Path folder, Parts parts, Map<String, String> worker)
      throws MachineException {
    StateFolder state = StateFolder.open(folder);
    StateLock lock =
        StateLock.tryAcquire(state.lock(), Mode.ALONE)
            .orElseThrow(
                () ->
                    new MachineException(
                        "Cannot start a stack in %s: another one runs there".formatted(folder)));
    StackOptions options =
        new StackOptions(
            folder, Loopback.anyFree(), Loopback.anyFree(), Loopback.anyFree(), worker);
    return EmbeddedStack.start(
        state, lock, options, (env, configured) -> RenderTopology.build(env, configured, parts));
  }
}
