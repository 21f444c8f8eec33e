package io.chitra.cli;

import io.chitra.cli.show.Humans;
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
  private final JobCheck check;

  private Intake(
      JobSource source, JobDefaults defaults, JobLimits limits, ModelShelf models, JobCheck check) {
    this.source = source;
    this.defaults = defaults;
    this.limits = limits;
    this.models = models;
    this.check = check;
  }

  /**
   * Reads the jobs through.
   *
   * @throws CliException when there is nothing that could be sent, or something is refused and all
   *     must be good
   */
  static Intake read(Chitra chitra, JobOptions options, InputStream standardInput)
      throws CliException, IOException {
    JobLimits limits = JobLimits.defaults();
    JobSource source = options.source(standardInput);
    try {
      JobDefaults defaults = options.defaults(source, limits);
      ModelShelf models = new ModelShelf(source.folder(), standardModel(chitra, options));
      Intake intake =
          new Intake(
              source,
              defaults,
              limits,
              models,
              check(chitra.console(), JobReader.open(source, defaults, limits, models)));
      intake.requireSomething(options);
      return intake;
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

  private static JobCheck check(Console console, JobReader reader) throws IOException {
    Refusals refusals = new Refusals(console);
    try (reader) {
      JobCheck check = JobCheck.of(reader, refusals::tell);
      refusals.tellRest();
      return check;
    }
  }

  private void requireSomething(JobOptions options) throws CliException {
    if (check.jobs() == 0 && check.refused() == 0) {
      throw CliException.failed("Cannot render %s: it has no jobs".formatted(source.name()));
    }
    if (check.jobs() == 0 || (options.strict() && check.refused() > 0)) {
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

  /** Reads the jobs again, to send them. */
  JobReader again() throws IOException {
    return JobReader.open(source, defaults, limits, models);
  }

  /** Puts the models of the jobs into the store, where they are not there already. */
  void pushModels(Console console, Backend backend, Path cache) throws IOException {
    ModelPush push =
        new ModelPush(console, new ModelRepository(backend.objects(), cache, Long.MAX_VALUE));
    for (Model model : models.used()) {
      if (backend.onThisMachine()) {
        push.pushAndKeep(model.folder());
      } else {
        push.push(model.folder());
      }
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  /** Tells what is wrong with lines, up to a limit. */
  private static final class Refusals {
    private final Console console;
    private int untold;
    private int told;

    Refusals(Console console) {
      this.console = console;
    }

    void tell(Line.BadLine line) {
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
      }
    }
  }
}
