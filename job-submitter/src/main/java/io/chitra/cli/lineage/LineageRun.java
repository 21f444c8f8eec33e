package io.chitra.cli.lineage;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of a command, as lineage sees it: what it reads, what it writes, and how much of that. A
 * run that nobody asked the lineage of is told all the same, and forgets it.
 *
 * <p>Life cycle: the command names what it reads and writes, says {@link #begun} once it knows
 * that, and may name more, and how much it was, until it ends. Used by one thread.
 */
public final class LineageRun {

  private final String command;
  private final Beginning beginning;
  private final Map<LineageDataset, Amount> inputs = new LinkedHashMap<>();
  private final Map<LineageDataset, Amount> outputs = new LinkedHashMap<>();
  private String about = "";
  private boolean begun;

  /** Is told that a run has begun. */
  @FunctionalInterface
  interface Beginning {
    void begun(LineageRun run) throws IOException;
  }

  LineageRun(String command, Beginning beginning) {
    this.command = command;
    this.beginning = beginning;
  }

  /** Says what the command is about, as a dataset: each has a job of its own in the lineage. */
  public LineageRun about(String subject) {
    about = subject;
    return this;
  }

  /** Names something that it reads. */
  public LineageRun reads(LineageDataset dataset) {
    return reads(dataset, Amount.UNKNOWN);
  }

  /** Likewise, and how much of it; the last word counts. */
  public LineageRun reads(LineageDataset dataset, Amount amount) {
    inputs.put(dataset, amount);
    return this;
  }

  /** Names something that it writes. */
  public LineageRun writes(LineageDataset dataset) {
    return writes(dataset, Amount.UNKNOWN);
  }

  /** Likewise, and how much of it; the last word counts. */
  public LineageRun writes(LineageDataset dataset, Amount amount) {
    outputs.put(dataset, amount);
    return this;
  }

  /**
   * Says that it begins. Said for it when it ends before that.
   *
   * @throws IOException when that cannot be written down
   */
  public void begun() throws IOException {
    if (!begun) {
      begun = true;
      beginning.begun(this);
    }
  }

  /** What it is a run of: {@code render.first-look}. */
  String job() {
    return about.isEmpty() ? command : command + "." + about;
  }

  Map<LineageDataset, Amount> inputs() {
    return inputs;
  }

  Map<LineageDataset, Amount> outputs() {
    return outputs;
  }
}
