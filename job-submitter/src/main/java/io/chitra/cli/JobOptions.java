package io.chitra.cli;

import io.chitra.cli.submit.JobSource;
import io.chitra.job.JobDefaults;
import io.chitra.job.JobFile;
import io.chitra.job.JobLimits;
import io.chitra.job.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which jobs, and what holds for those that do not say it themselves. */
final class JobOptions {

  /** How a job file is written. */
  enum FileFormat {
    JSONL,
    CSV
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Job file: JSON Lines, or CSV where it ends with .csv; - reads standard input.")
  private @Nullable String file;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      order = 1,
      description = "One job without a file: what to draw, in any language.")
  private @Nullable String prompt;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      order = 2,
      description = "jsonl or csv, whatever the file is called.")
  private @Nullable FileFormat format;

  @Option(
      names = "--strict",
      order = 3,
      description = "Send nothing when any line of the file is refused.")
  private boolean strict;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      order = 4,
      description = "Dataset of jobs that name none (default: the file's name).")
  private @Nullable String dataset;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      order = 10,
      description = "Model of jobs that name none (default: the starter model in the box).")
  private @Nullable Path model;

  @Option(
      names = {"--num-inference-steps", "--steps"},
      paramLabel = "N",
      order = 11,
      description = "Denoising steps of jobs that name none (default: the model's).")
  private @Nullable Integer numInferenceSteps;

  @Option(
      names = {"--guidance-scale", "--guidance"},
      paramLabel = "X",
      order = 12,
      description = "Likewise how closely to follow the prompt.")
  private @Nullable Double guidanceScale;

  @Option(
      names = "--scheduler",
      paramLabel = "NAME",
      order = 13,
      description = "Likewise ddim, euler or dpmpp_2m, or the diffusers class.")
  private @Nullable String scheduler;

  @Option(names = "--width", paramLabel = "PIXELS", order = 14, description = "Likewise the width.")
  private @Nullable Integer width;

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      order = 15,
      description = "Likewise the height.")
  private @Nullable Integer height;

  @Option(
      names = "--seed",
      paramLabel = "N",
      order = 16,
      description =
          "Likewise the seed, 0 to 4294967295; -1 draws one (default: derived from the job).")
  private @Nullable Long seed;

  @Option(
      names = "--negative-prompt",
      paramLabel = "TEXT",
      order = 17,
      description = "Likewise what not to draw.")
  private @Nullable String negativePrompt;

  @Option(
      names = {"-n", "--num-images-per-prompt"},
      paramLabel = "N",
      order = 18,
      description = "Likewise how many pictures of each.")
  private @Nullable Integer numImagesPerPrompt;

  boolean strict() {
    return strict;
  }

  /** The model's folder, if one is named. */
  Optional<Path> model() {
    return Optional.ofNullable(model).map(folder -> folder.toAbsolutePath().normalize());
  }

  JobSource source(InputStream standardInput) throws CliException {
    if ((file == null) == (prompt == null)) {
      throw CliException.usage(
          file == null
              ? "Cannot tell what to draw: name a job file, - or --prompt"
              : "Cannot use FILE and --prompt together: leave one");
    }
    try {
      if (prompt != null) {
        return JobSource.prompt(prompt);
      }
      Optional<JobFile.Format> written =
          Optional.ofNullable(format)
              .map(f -> f == FileFormat.CSV ? JobFile.Format.CSV : JobFile.Format.JSON_LINES);
      return "-".equals(file)
          ? JobSource.standardInput(standardInput, written)
          : JobSource.file(Path.of(String.valueOf(file)), written);
    } catch (IOException | InvalidPathException e) {
      throw CliException.usage(e);
    }
  }

  /**
   * What these options say for every job of a source.
   *
   * @throws CliException when one of them is wrong
   */
  JobDefaults defaults(JobSource source, JobLimits limits) throws CliException {
    JobDefaults defaults =
        new JobDefaults(
            null,
            dataset == null ? source.datasetName() : dataset,
            negativePrompt,
            numInferenceSteps,
            guidanceScale,
            scheduler,
            width,
            height,
            seed,
            numImagesPerPrompt);
    List<Problem> problems = defaults.problems(limits);
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      throw CliException.usage(
          "Cannot use --%s: %s"
              .formatted(
                  first.field().replace('_', '-').toLowerCase(Locale.ROOT), first.message()));
    }
    return defaults;
  }
}
