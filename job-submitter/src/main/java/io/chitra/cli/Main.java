package io.chitra.cli;

import io.chitra.cli.check.CheckException;
import io.chitra.cli.dataset.DatasetException;
import io.chitra.cli.export.ExportException;
import io.chitra.cli.flink.FlinkException;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.topics.TopicException;
import io.chitra.store.StoreException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Where the {@code chitra} command line starts. Exit codes: 0 all good, 1 something was refused or
 * failed, 2 asked for something that cannot be.
 */
public final class Main {

  private static final Duration GOODBYE = Duration.ofSeconds(60);

  /** Whether a signal ends this process; whatever is under way then fails in its own way. */
  private static final AtomicBoolean STOPPING = new AtomicBoolean();

  private Main() {}

  public static void main(String[] args) {
    CountDownLatch ended = new CountDownLatch(1);
    interruptOnSignal(Thread.currentThread(), ended);
    int exitCode;
    try {
      exitCode = run(Console.ofProcess(), args);
    } finally {
      ended.countDown();
    }
    System.exit(exitCode);
  }

  /** On a signal the command is interrupted, and the process waits until it has cleared up. */
  private static void interruptOnSignal(Thread command, CountDownLatch ended) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ended.getCount() > 0) {
                    STOPPING.set(true);
                    command.interrupt();
                    try {
                      ended.await(GOODBYE.toSeconds(), TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }
                },
                "goodbye"));
  }

  /** Runs one command; returns its exit code. */
  static int run(Console console, String... args) {
    Chitra chitra = new Chitra(console);
    CommandLine commandLine = new CommandLine(chitra);
    commandLine.setExpandAtFiles(false);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setOut(writer(console.out()));
    commandLine.setErr(writer(console.err()));
    commandLine.setUsageHelpWidth(Math.min(console.outScreen().columns(), 110));
    commandLine.setExecutionStrategy(parsed -> execute(chitra, parsed));
    commandLine.setParameterExceptionHandler((e, given) -> usage(console, e));
    commandLine.setExecutionExceptionHandler((e, command, parsed) -> failed(chitra, e));
    return commandLine.execute(args);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** Before anything can log, the logs get their place. */
  private static int execute(Chitra chitra, ParseResult parsed) {
    System.setProperty("chitra.logs", chitra.state().resolve("logs").toString());
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int usage(Console console, ParameterException e) {
    console.error(String.valueOf(e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, writer(console.err()));
    console.say("See: %s --help".formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
    return ExitCode.USAGE;
  }

  private static int failed(Chitra chitra, Exception e) {
    Console console = chitra.console();
    if (chitra.debug()) {
      e.printStackTrace(console.err());
    }
    if (STOPPING.get() || e instanceof InterruptedException) {
      console.say("Stopped.");
      return ExitCode.SOFTWARE;
    }
    console.error(message(chitra, e));
    return e instanceof CliException cli ? cli.exitCode() : ExitCode.SOFTWARE;
  }

  private static String message(Chitra chitra, Exception e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    boolean forPeople =
        cause instanceof CliException
            || cause instanceof MachineException
            || cause instanceof TopicException
            || cause instanceof FlinkException
            || cause instanceof DatasetException
            || cause instanceof CheckException
            || cause instanceof ExportException
            || cause instanceof StoreException
            || cause instanceof IOException;
    String message = cause.getMessage();
    if (forPeople && message != null) {
      return cause.getClass() == IOException.class || !(cause instanceof IOException)
          ? message
          : cause.getClass().getSimpleName() + ": " + message;
    }
    return "Cannot go on: %s; this is a bug, --debug and %s say more"
        .formatted(cause, chitra.state().resolve("logs"));
  }
}
