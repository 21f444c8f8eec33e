package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says for every line of a job file that does not say it itself. Immutable.
 */
public final class JobDefaults {

  /** Says nothing. */
  public static final JobDefaults NONE = of(Map.of());

  private final GivenFields given;
  private final List<Problem> unreadable;

  private JobDefaults(Row row) {
    this.given = row.given();
    this.unreadable = List.copyOf(row.problems());
  }

  /**
   * Defaults by the names of a job file's fields, each written as in a cell of CSV; a seed of
   * {@link JobFile#RANDOM_SEED} draws one for each line.
   */
  public static JobDefaults of(Map<String, String> fields) {
    Row row = new Row();
    fields.forEach(
        (name, value) ->
            row.field(
                name,
                Field.find(name)
                    .map(field -> CsvRows.written(field.kind(), value))
                    .orElseGet(() -> new Written.Text(value))));
    return new JobDefaults(row);
  }

  /** The dataset, where one is named. */
  public @Nullable String dataset() {
    return given.text(Field.DATASET);
  }

  /** All that is wrong with the defaults themselves, under the names that job files use. */
  public List<Problem> problems(JobLimits limits) {
    RenderJob job =
        new GivenFields().put(Field.ID, "any").put(Field.PROMPT, "any").orElse(given).toJob();
    if (job.getSeed() != null && job.getSeed() == JobFile.RANDOM_SEED) {
      job.setSeed(null);
    }
    List<Problem> problems = new ArrayList<>(unreadable);
    if (given.text(Field.ID) != null) {
      problems.add(new Problem(Field.ID.fieldName(), "is for one job: give it in its line"));
    }
    problems.addAll(JobRules.checkValues(job, limits));
    return problems;
  }

  GivenFields given() {
    return new GivenFields().orElse(given);
  }
}
