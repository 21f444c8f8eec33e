package io.chitra.cli;

import io.chitra.cli.submit.JobSource;
import io.chitra.cli.topics.Priority;
import io.chitra.job.JobDefaults;
import io.chitra.job.JobFile;
import io.chitra.job.JobLimits;
import io.chitra.job.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      description =
          "Likewise ddim, pndm, euler, euler_a, heun, dpmpp_2m, dpmpp_2m_karras, dpmpp_2m_sde,"
              + " unipc or lcm, or the diffusers class.")
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

  @Option(
      names = "--set",
      paramLabel = "FIELD=VALUE",
      order = 19,
      description =
          "Likewise any field of a job file (image, strength, output_format, ...), written as in a"
              + " cell of CSV; may be given several times.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--priority",
      paramLabel = "PRIORITY",
      defaultValue = "normal",
      order = 5,
      description =
          "high goes before the others, low after them; of ten pictures, the lower priorities have"
              + " one (default: ${DEFAULT-VALUE}).")
  private Priority priority = Priority.NORMAL;

  Priority priority() {
    return priority;
  }

  boolean strict() {
    return strict;
  }

  /** The model's folder, if one is named. */
  Optional<Path> model() {
    return Optional.ofNullable(model).map(folder -> folder.toAbsolutePath().normalize());
  }

  /** The job file, if the jobs are in one. */
  Optional<Path> file() {
    return file == null || file.equals("-") ? Optional.empty() : Optional.of(Path.of(file));
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
    Map<String, String> fields = new LinkedHashMap<>(set);
    fields.putIfAbsent("dataset", source.datasetName());
    put(fields, "dataset", dataset);
    put(fields, "negative_prompt", negativePrompt);
    put(fields, "num_inference_steps", numInferenceSteps);
    put(fields, "guidance_scale", guidanceScale);
    put(fields, "scheduler", scheduler);
    put(fields, "width", width);
    put(fields, "height", height);
    put(fields, "seed", seed);
    put(fields, "num_images_per_prompt", numImagesPerPrompt);
    JobDefaults defaults = JobDefaults.of(fields);
    List<Problem> problems = defaults.problems(limits);
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      throw CliException.usage(
          "Cannot use --%s: %s".formatted(option(first.field()), first.message()));
    }
    return defaults;
  }

  private static void put(Map<String, String> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value.toString());
    }
  }

  /** The option that a field's value came from. */
  private String option(String field) {
    String name = field.replaceFirst("[.\\[].*", "");
    return set.containsKey(name)
        ? "set " + field
        : field.replace('_', '-').toLowerCase(Locale.ROOT);
  }
}
