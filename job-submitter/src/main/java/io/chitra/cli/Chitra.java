package io.chitra.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code chitra} command itself: what every command below it has, and nothing to do alone. */
@Command(
    name = "chitra",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    abbreviateSynopsis = true,
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    parameterListHeading = "%nArguments:%n",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    description = "Renders datasets: prompts in, pictures out, one record each.",
    footer = {
      "  chitra render --prompt \"a red apple\"",
      "  chitra render examples/first-look.jsonl --out out",
      "  chitra COMMAND --help"
    },
    subcommands = {
      RenderCommand.class,
      UpCommand.class,
      SubmitCommand.class,
      StatusCommand.class,
      CancelCommand.class,
      DeadLettersCommand.class,
      RetryCommand.class,
      FsckCommand.class,
      ShowCommand.class,
      ReplayCommand.class,
      VerifyCommand.class,
      DiffCommand.class,
      ExportCommand.class,
      ReportCommand.class,
      DrainCommand.class,
      WorkerCommand.class,
      ModelsCommand.class,
      BenchCommand.class,
      DoctorCommand.class
    })
final class Chitra {

  private final Console console;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      defaultValue = ".chitra",
      scope = ScopeType.INHERIT,
      order = 90,
      description = "Where the stack keeps everything (default: ${DEFAULT-VALUE}).")
  private Path state = Path.of(".chitra");

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      defaultValue = "auto",
      scope = ScopeType.INHERIT,
      order = 91,
      description =
          "auto, always or never (default: ${DEFAULT-VALUE}: on a terminal, unless NO_COLOR is"
              + " set).")
  private Console.Colour colour = Console.Colour.AUTO;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      order = 92,
      description = "Show the stack trace of an error.")
  private boolean debug;

  Chitra(Console console) {
    this.console = console;
  }

  Console console() {
    return console.with(colour);
  }

  /** The state folder, absolute. */
  Path state() {
    return state.toAbsolutePath().normalize();
  }

  boolean debug() {
    return debug;
  }
}
