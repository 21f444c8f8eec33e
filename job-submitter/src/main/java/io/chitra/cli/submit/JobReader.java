package io.chitra.cli.submit;

import io.chitra.job.JobDefaults;
import io.chitra.job.JobException;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.Line;
import io.chitra.job.ModelFacts;
import io.chitra.job.Problem;
import io.chitra.schemas.RenderJob;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the jobs of a source as they are to be sent: with the model's digest, and every default
 * filled in. Never holds more than one line. Used by one thread.
 */
public final class JobReader implements Closeable {

  private final JobSource.Lines lines;
  private final ModelShelf models;
  private final JobLimits limits;

  private JobReader(JobSource.Lines lines, ModelShelf models, JobLimits limits) {
    this.lines = lines;
    this.models = models;
    this.limits = limits;
  }

  /** Starts a reading. */
  public static JobReader open(
      JobSource source, JobDefaults defaults, JobLimits limits, ModelShelf models)
      throws IOException {
    return new JobReader(source.open(defaults, limits), models, limits);
  }

  /** The next line, its job resolved, or what is wrong with it; null at the end. */
  public @Nullable Line next() throws IOException {
    Line line = lines.next();
    return line instanceof Line.JobLine job ? resolve(job) : line;
  }

  private Line resolve(Line.JobLine line) {
    try {
      ModelFacts facts = models.find(line.model()).facts();
      RenderJob job = line.job();
      job.setModelDigest(facts.digest());
      job.setModelName(facts.name());
      RenderJob resolved = JobRules.resolve(job, facts, limits);
      return new Line.JobLine(line.file(), line.line(), resolved, line.model());
    } catch (JobException e) {
      return new Line.BadLine(line.file(), line.line(), e.problems());
    } catch (ModelException | InvalidPathException e) {
      return new Line.BadLine(
          line.file(), line.line(), List.of(new Problem("model", String.valueOf(e.getMessage()))));
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
