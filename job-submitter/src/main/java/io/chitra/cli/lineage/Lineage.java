package io.chitra.cli.lineage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a command reads and writes, as events of OpenLineage: one when it begins, one
 * when it ends. Used by one thread.
 *
 * @param file that events are added to, one a line; empty: they are not wanted
 * @param namespace of the jobs
 * @param parent the run that has started this one; empty: none
 * @param program name and version, as in {@code chitra 1.2.3}
 */
public record Lineage(
    Optional<Path> file,
    String namespace,
    Optional<ParentRun> parent,
    String program,
    InstantSource clock) {

  /** How a run ends. */
  enum End {
    COMPLETE,
    FAIL,
    /** Somebody stopped it. */
    ABORT
  }

  /** What a command does. */
  @FunctionalInterface
  public interface Body<T> {
    T run(LineageRun run) throws Exception;
  }

  /**
   * Runs a command and tells of it: that it has begun, and that it has ended or why it could not.
   *
   * @param command its name, as {@code render}
   * @param description what it does, for a person
   * @return what the command returns
   * @throws IOException when an event cannot be written down; or whatever the command throws
   */
  public <T> T recorded(String command, String description, Body<T> body) throws Exception {
    if (file.isEmpty()) {
      return body.run(new LineageRun(command, run -> {}));
    }
    Events events = new Events(this, file.get(), description);
    LineageRun run = new LineageRun(command, events::began);
    T result;
    try {
      result = body.run(run);
    } catch (Exception | Error e) {
      try {
        end(events, run, e instanceof InterruptedException ? End.ABORT : End.FAIL, e);
      } catch (IOException unwritten) {
        e.addSuppressed(unwritten);
      }
      throw e;
    }
    end(events, run, End.COMPLETE, null);
    return result;
  }

  private static void end(Events events, LineageRun run, End end, @Nullable Throwable why)
      throws IOException {
    run.begun();
    events.ended(run, end, why);
  }
}
