package io.chitra.cli;

import io.chitra.cli.lineage.Amount;
import io.chitra.cli.lineage.LineageDataset;
import io.chitra.cli.lineage.LineageRun;
import io.chitra.cli.show.Humans;
import io.chitra.cli.submit.InputShelf;
import io.chitra.cli.submit.JobCheck;
import io.chitra.cli.submit.JobReader;
import io.chitra.cli.submit.JobSource;
import io.chitra.cli.submit.ModelException;
import io.chitra.cli.submit.ModelShelf;
import io.chitra.cli.submit.ModelShelf.Model;
import io.chitra.job.JobDefaults;
import io.chitra.job.JobLimits;
import io.chitra.job.Line;
import io.chitra.starter.StarterModel;
import io.chitra.store.ModelRepository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/**
 * The jobs of a command, read through once: bad lines are told, good ones counted, and their models
 * known. Closing it removes what was kept of standard input.
 */
final class Intake implements AutoCloseable {

  private static final int MOST_REFUSALS_TOLD = 1000;

  private final JobSource source;
  private final JobDefaults defaults;
  private final JobLimits limits;
  private final ModelShelf models;
  private final InputShelf inputs;
  private final Refusals refusals;
  private final boolean strict;
  private final Optional<Path> file;
  private JobCheck check;

  private Intake(Chitra chitra, JobOptions options, JobSource source)
      throws CliException, IOException {
    this.source = source;
    this.limits = JobLimits.defaults();
    this.defaults = options.defaults(source, limits);
    this.models = new ModelShelf(source.folder(), standardModel(chitra, options));
    this.inputs = new InputShelf(source.folder());
    this.refusals = new Refusals(chitra.console());
    this.strict = options.strict();
    this.file = options.file();
    this.check = new JobCheck(0, 0, 0);
  }

  /**
   * Reads the jobs through.
   *
   * @throws CliException when there is nothing that could be sent, or something is refused and all
   *     must be good
   */
  static Intake read(Chitra chitra, JobOptions options, InputStream standardInput)
      throws CliException, IOException {
    Intake intake = open(chitra, options, options.source(standardInput));
    try {
      intake.readThrough();
      return intake;
    } catch (CliException | IOException | RuntimeException e) {
      intake.close();
      throw e;
    }
  }

  private static Intake open(Chitra chitra, JobOptions options, JobSource source)
      throws CliException, IOException {
    try {
      return new Intake(chitra, options, source);
    } catch (CliException | IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static Model standardModel(Chitra chitra, JobOptions options)
      throws CliException, IOException {
    Optional<Path> named = options.model();
    try {
      return named.isPresent()
          ? Model.read(named.get(), String.valueOf(named.get().getFileName()))
          : Model.read(
              StarterModel.unpack(chitra.state().resolve("starter-model")), "starter-model");
    } catch (ModelException e) {
      throw CliException.usage(e);
    }
  }

  /** Reads all lines, and tells what is wrong with those not told of yet. */
  private void readThrough() throws CliException, IOException {
    try (JobReader reader = again()) {
      check = JobCheck.of(reader, refusals::tell);
      refusals.tellRest();
    }
    if (check.jobs() == 0 && check.refused() == 0) {
      throw CliException.failed("Cannot render %s: it has no jobs".formatted(source.name()));
    }
    if (check.jobs() == 0 || (strict && check.refused() > 0)) {
      throw CliException.failed(
          "Nothing was sent: %s of %s refused%s"
              .formatted(
                  Humans.count(check.refused()),
                  Humans.count((long) check.jobs() + check.refused(), "line"),
                  check.jobs() == 0 ? "" : "; without --strict the others would be rendered"));
    }
    if (check.pictures() > Integer.MAX_VALUE) {
      throw CliException.failed(
          "Cannot render %s: %s pictures are too many for one run; split the file"
              .formatted(source.name(), Humans.count(check.pictures())));
    }
  }

  JobCheck check() {
    return check;
  }

  /** The dataset of jobs that name none. */
  String dataset() {
    return String.valueOf(defaults.dataset());
  }

  /** Names what a run of these jobs reads: the file that they are in, and their models. */
  void tell(LineageRun run, LineagePlaces places) {
    run.about(dataset());
    file.ifPresent(
        path ->
            run.reads(
                LineageDataset.file(path, "A job file of Chitra"), Amount.rows(check.jobs())));
    for (String digest : models.digests()) {
      run.reads(places.model(digest));
    }
  }

  /** Reads the jobs again, to send them. */
  JobReader again() throws IOException {
    return JobReader.open(source, defaults, limits, models, inputs);
  }

  /**
   * Puts the models and the files of the jobs into the store, where they are not there already.
   * Files that jobs name in the store are looked at now, so more lines may turn out bad.
   *
   * @throws CliException when nothing is left that could be sent, or all must be good
   */
  void push(Console console, Backend backend, Path cache) throws CliException, IOException {
    inputs.connect(backend.objects());
    if (inputs.awaitsStore()) {
      readThrough();
    }
    ModelPush push =
        new ModelPush(console, new ModelRepository(backend.objects(), cache, Long.MAX_VALUE));
    for (Path folder : models.used()) {
      if (backend.onThisMachine()) {
        push.pushAndKeep(folder);
      } else {
        push.push(folder);
      }
    }
    inputs.put(backend.objects());
  }

  @Override
  public void close() throws IOException {
    try (source) {
      inputs.close();
    }
  }

  /** Tells what is wrong with lines, once each, up to a limit. */
  private static final class Refusals {
    private final Console console;
    private final BitSet seen = new BitSet();
    private int untold;
    private int told;

    Refusals(Console console) {
      this.console = console;
    }

    void tell(Line.BadLine line) {
      if (seen.get(line.line())) {
        return;
      }
      seen.set(line.line());
      if (told < MOST_REFUSALS_TOLD) {
        line.messages().forEach(console::error);
        told++;
      } else {
        untold++;
      }
    }

    void tellRest() {
      if (untold > 0) {
        console.error("... and %s more are refused".formatted(Humans.count(untold, "line")));
        untold = 0;
      }
    }
  }
}
