package io.chitra.cli;

import io.chitra.cli.lineage.Lineage;
import io.chitra.cli.lineage.ParentRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the events go that tell what a command has read and written. */
final class LineageOptions {

  @Option(
      names = "--openlineage",
      paramLabel = "FILE",
      defaultValue = "${env:CHITRA_OPENLINEAGE}",
      order = 60,
      description =
          "Add OpenLineage events of this run to a file, one JSON object a line (default: the"
              + " environment's CHITRA_OPENLINEAGE; none).")
  private @Nullable Path file;

  @Option(
      names = "--openlineage-namespace",
      paramLabel = "NAME",
      defaultValue = "${env:OPENLINEAGE_NAMESPACE:-chitra}",
      order = 61,
      description = "Namespace of its job (default: ${DEFAULT-VALUE}, or OPENLINEAGE_NAMESPACE).")
  private String namespace = "chitra";

  @Option(
      names = "--openlineage-parent",
      paramLabel = "NAMESPACE/JOB/RUN",
      defaultValue = "${env:OPENLINEAGE_PARENT_ID}",
      order = 62,
      description =
          "The run that starts this one (default: the environment's OPENLINEAGE_PARENT_ID).")
  private @Nullable String parent;

  Lineage lineage() throws CliException, IOException {
    Optional<ParentRun> run =
        parent == null || parent.isEmpty() ? Optional.empty() : ParentRun.parse(parent);
    if (run.isEmpty() && parent != null && !parent.isEmpty()) {
      throw CliException.usage(
          "Cannot use --openlineage-parent %s: NAMESPACE/JOB/RUN with the run's UUID would be right"
              .formatted(parent));
    }
    return new Lineage(
        Optional.ofNullable(file), namespace, run, Version.program(), InstantSource.system());
  }
}
