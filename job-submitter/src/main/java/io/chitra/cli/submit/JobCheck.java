package io.chitra.cli.submit;

import io.chitra.job.Line;
import io.chitra.schemas.RenderJob;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * What a first reading of the jobs found.
 *
 * @param jobs good lines
 * @param pictures how many pictures they ask for
 * @param refused bad lines
 */
public record JobCheck(int jobs, long pictures, int refused) {

  /** Reads all lines to the end. */
  public static JobCheck of(JobReader reader, Consumer<Line.BadLine> refusals) throws IOException {
    int jobs = 0;
    long pictures = 0;
    int refused = 0;
    for (Line line = reader.next(); line != null; line = reader.next()) {
      if (line instanceof Line.JobLine good) {
        jobs++;
        pictures += pictures(good.job());
      } else if (line instanceof Line.BadLine bad) {
        refused++;
        refusals.accept(bad);
      }
    }
    return new JobCheck(jobs, pictures, refused);
  }

  /** How many pictures a resolved job asks for. */
  static int pictures(RenderJob resolved) {
    Integer count = resolved.getIndexCount();
    return count == null ? resolved.getNumImagesPerPrompt() : count;
  }
}
