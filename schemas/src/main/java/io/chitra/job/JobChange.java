package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is changed in jobs that are asked for again: fields of a job file with other values, or
 * taken away, so that the model's default holds. Immutable.
 */
public final class JobChange {

  /** What says which job it is, and of what. */
  private static final Map<Field, String> FIXED =
      Map.of(
          Field.ID, "a job keeps its id, so that its pictures can be compared",
          Field.DATASET, "the new dataset is another option",
          Field.MODEL, "the new model is another option",
          Field.LABELS, "labels stay",
          Field.NUM_IMAGES_PER_PROMPT, "a job keeps its pictures");

  /** They would have to be put into the store first. */
  private static final Set<Field> FILES =
      EnumSet.of(Field.IMAGE, Field.MASK_IMAGE, Field.LORAS, Field.VAE);

  /** Changes nothing. */
  public static final JobChange NONE = of(Map.of());

  private final GivenFields given;
  private final Set<Field> changed;
  private final List<Problem> unreadable;

  private JobChange(GivenFields given, Set<Field> changed, List<Problem> unreadable) {
    this.given = given;
    this.changed = changed;
    this.unreadable = List.copyOf(unreadable);
  }

  /**
   * Changes by the names of a job file's fields, or what other programs call them, each written as
   * in a cell of CSV. An empty one takes the field away.
   */
  public static JobChange of(Map<String, String> fields) {
    Row row = new Row();
    Set<Field> changed = EnumSet.noneOf(Field.class);
    List<Problem> problems = new ArrayList<>();
    fields.forEach(
        (name, value) -> {
          Optional<Field> field = Field.meant(name);
          if (field.isEmpty()) {
            row.add(Field.refusal(name));
          } else if (!changed.add(field.get())) {
            row.add(field.get().fieldName(), "given twice: leave one");
          } else if (!value.isEmpty()) {
            row.field(field.get().fieldName(), CsvRows.written(field.get().kind(), value));
          }
          field.flatMap(known -> refusal(known, value)).ifPresent(problems::add);
        });
    problems.addAll(row.problems());
    return new JobChange(row.given(), changed, problems);
  }

  private static Optional<Problem> refusal(Field field, String value) {
    String why = FIXED.get(field);
    if (why == null && FILES.contains(field) && !value.isEmpty()) {
      why =
          "files cannot be changed here: submit the jobs anew, or take it away with an empty value";
    }
    if (why == null && field == Field.PROMPT && value.isEmpty()) {
      why = "a job has one";
    }
    if (why == null && field == Field.SEED && value.strip().equals("-1")) {
      why = "is not drawn again: give one, or take it away to have it derived anew";
    }
    return Optional.ofNullable(why).map(message -> new Problem(field.fieldName(), message));
  }

  /** Whether it changes nothing. */
  public boolean isNone() {
    return changed.isEmpty();
  }

  /** The names of the fields that it changes. */
  public List<String> fields() {
    return changed.stream().map(Field::fieldName).toList();
  }

  /** All that is wrong with the values themselves, whatever the jobs are. */
  public List<Problem> problems(JobLimits limits) {
    List<Problem> problems = new ArrayList<>(unreadable);
    if (problems.isEmpty()) {
      problems.addAll(JobRules.checkValues(values(), limits));
    }
    return problems;
  }

  private RenderJob values() {
    return given.orElse(new GivenFields().put(Field.ID, "any").put(Field.PROMPT, "any")).toJob();
  }

  /**
   * The job with the changes, not resolved. What goes with a changed field goes with it: the number
   * of steps with timesteps and these with that, the quality with the format.
   */
  public RenderJob applyTo(RenderJob job) {
    Set<Field> touched = EnumSet.noneOf(Field.class);
    touched.addAll(changed);
    together(touched, Field.NUM_INFERENCE_STEPS, Field.TIMESTEPS);
    together(touched, Field.TIMESTEPS, Field.NUM_INFERENCE_STEPS);
    together(touched, Field.OUTPUT_FORMAT, Field.OUTPUT_QUALITY);
    RenderJob copy = JobRules.copy(job);
    RenderJob values = values();
    for (Field field : touched) {
      int position = copy.getSchema().getField(field.fieldName()).pos();
      copy.put(position, values.get(position));
    }
    return copy;
  }

  private void together(Set<Field> touched, Field changing, Field goes) {
    if (changed.contains(changing)) {
      touched.add(goes);
    }
  }
}
