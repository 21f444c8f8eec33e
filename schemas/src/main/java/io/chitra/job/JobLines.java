package io.chitra.job;

import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the lines of one job file out of what was given: fills in the defaults, draws random seeds,
 * names jobs that have no id, and checks all of it, within the line and against the lines before.
 * Keeps the ids of all good lines, and the types of their labels. For one thread.
 */
final class JobLines {

  private static final int MAX_PATH_CHARACTERS = 4096;

  private record Label(String dataset, String name) {}

  private record TypedAt(LabelType type, int line) {}

  private final String file;
  private final GivenFields defaults;
  private final JobLimits limits;
  private final RandomGenerator random;
  private final Map<String, Integer> linesOfIds = new HashMap<>();
  private final Map<Label, TypedAt> labelTypes = new HashMap<>();

  JobLines(String file, GivenFields defaults, JobLimits limits, RandomGenerator random) {
    this.file = Texts.printable(file);
    this.defaults = defaults;
    this.limits = limits;
    this.random = random;
  }

  /** A line that is no job. */
  Line bad(int line, List<Problem> problems) {
    return new Line.BadLine(file, line, problems);
  }

  /** The line that the row is. */
  Line line(int line, Row row) {
    boolean named = row.given().text(Field.ID) != null;
    GivenFields fields = row.given().orElse(defaults);
    if (!named) {
      fields.put(Field.ID, row.given().contentId());
    }
    drawSeed(fields);
    RenderJob job = fields.toJob();
    job.setSourceLine(file + ":" + line);
    String model = fields.text(Field.MODEL);

    List<Problem> problems = new ArrayList<>(row.problems());
    if (fields.text(Field.PROMPT) == null) {
      problems.addAll(
          others(problems, List.of(new Problem("prompt", "missing: say what to draw"))));
    }
    problems.addAll(others(problems, JobRules.check(job, limits)));
    checkPaths(model, job, problems);
    checkId(job.getId(), named, problems);
    checkLabels(job, problems);
    if (!problems.isEmpty()) {
      return new Line.BadLine(file, line, problems);
    }
    remember(line, job);
    return new Line.JobLine(file, line, job, model);
  }

  private void drawSeed(GivenFields fields) {
    Long seed = fields.wholeNumber(Field.SEED);
    if (seed != null && seed == JobFile.RANDOM_SEED) {
      fields.put(Field.SEED, random.nextLong(JobRules.MAX_SEED + 1));
    }
  }

  /** Those of the found problems that are not about a field with a problem of its own. */
  private static List<Problem> others(List<Problem> known, List<Problem> found) {
    Set<String> fields = known.stream().map(Problem::field).collect(Collectors.toSet());
    return fields.contains("line")
        ? List.of()
        : found.stream().filter(problem -> !fields.contains(problem.field())).toList();
  }

  /** The files and folders that the line names; whether they are there is not known here. */
  private static void checkPaths(@Nullable String model, RenderJob job, List<Problem> problems) {
    checkPath("model", "folder", model, problems);
    checkPath("vae", "folder", job.getVae() == null ? null : job.getVae().getName(), problems);
    checkPath("image", "file", uri(job.getImage()), problems);
    checkPath("mask_image", "file", uri(job.getMaskImage()), problems);
    List<Lora> loras = job.getLoras();
    for (int i = 0; loras != null && i < loras.size(); i++) {
      checkPath("loras[" + i + "].path", "file", uri(loras.get(i).getFile()), problems);
    }
  }

  private static @Nullable String uri(@Nullable InputFile file) {
    return file == null ? null : file.getUri();
  }

  private static void checkPath(
      String field, String what, @Nullable String path, List<Problem> problems) {
    if (path == null) {
      return;
    }
    if (path.isBlank()) {
      problems.add(new Problem(field, "empty: the path of a " + what + " would be right"));
    } else if (path.length() > MAX_PATH_CHARACTERS || Texts.forbiddenCharacter(path).isPresent()) {
      problems.add(new Problem(field, Texts.quoted(path) + " is no " + what));
    }
  }

  private void checkId(String id, boolean named, List<Problem> problems) {
    Integer first = linesOfIds.get(id);
    if (first == null) {
      return;
    }
    problems.add(
        named
            ? new Problem("id", Texts.quoted(id) + " is the id of line " + first + " already")
            : new Problem(
                "line",
                "the same job as line "
                    + first
                    + ": for more pictures of it, give num_images_per_prompt there or ids to"
                    + " both"));
  }

  private void checkLabels(RenderJob job, List<Problem> problems) {
    String dataset = dataset(job);
    job.getLabels()
        .forEach(
            (name, value) -> {
              TypedAt first = labelTypes.get(new Label(dataset, name));
              LabelType type = LabelType.of(value);
              if (first != null && first.type() != type) {
                problems.add(
                    new Problem(
                        "labels." + Texts.shown(name),
                        "%s is of type %s, and line %d made this label's type %s in the dataset %s"
                            .formatted(
                                Texts.shown(value.toString()),
                                type.typeName(),
                                first.line(),
                                first.type().typeName(),
                                dataset)));
              }
            });
  }

  private void remember(int line, RenderJob job) {
    linesOfIds.put(job.getId(), line);
    String dataset = dataset(job);
    job.getLabels()
        .forEach(
            (name, value) ->
                labelTypes.putIfAbsent(
                    new Label(dataset, name), new TypedAt(LabelType.of(value), line)));
  }

  private static String dataset(RenderJob job) {
    String dataset = job.getDataset();
    return dataset == null ? JobRules.DEFAULT_DATASET : dataset;
  }
}
