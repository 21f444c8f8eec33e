package io.chitra.cli.lineage;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The run that has started this one, as an orchestrator names it. */
public record ParentRun(String namespace, String job, UUID run) {

  private static final Pattern TEXT = Pattern.compile("(.+)/([^/]+)/([0-9A-Fa-f-]{36})");

  /** Reads {@code NAMESPACE/JOB/RUN}, as in OPENLINEAGE_PARENT_ID; empty for anything else. */
  public static Optional<ParentRun> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ParentRun(parts.group(1), parts.group(2), UUID.fromString(parts.group(3))));
    } catch (IllegalArgumentException notUuid) {
      return Optional.empty();
    }
  }
}
