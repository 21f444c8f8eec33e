package io.chitra.cli;

import io.chitra.cli.machine.Finding;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra doctor}: what is here, what is needed, and the way out. */
@Command(
    name = "doctor",
    description =
        "Looks at this machine: cores, memory, disk, ports, GPU and its libraries, and what to do"
            + " where something is missing. Ends with 1 when something keeps it from working.",
    footer = {"  chitra doctor", "  chitra doctor --json"})
final class DoctorCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();

  @Option(names = "--json", order = 1, description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    List<Finding> findings = LocalMachine.provider().doctor(ports.stack(chitra.state()));
    if (json) {
      console.print(Map.of("findings", findings.stream().map(DoctorCommand::json).toList()));
    } else {
      print(console, findings);
    }
    boolean healthy =
        findings.stream().noneMatch(finding -> finding.level() == Finding.Level.PROBLEM);
    return healthy ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static void print(Console console, List<Finding> findings) {
    TextTable table = new TextTable();
    for (Finding finding : findings) {
      Style style =
          switch (finding.level()) {
            case OK -> Style.GOOD;
            case NOTE -> Style.WARNING;
            case PROBLEM -> Style.BAD;
          };
      table.row(style, level(finding), finding.subject(), finding.found());
    }
    console.print(table);
    for (Finding finding : findings) {
      if (!finding.advice().isEmpty()) {
        console.out().println(finding.subject() + ": " + finding.advice());
      }
    }
  }

  private static Map<String, Object> json(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("subject", finding.subject());
    json.put("level", level(finding));
    json.put("found", finding.found());
    json.put("advice", finding.advice());
    return json;
  }

  private static String level(Finding finding) {
    return finding.level().name().toLowerCase(Locale.ROOT);
  }
}
