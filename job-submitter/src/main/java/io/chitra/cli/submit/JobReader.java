package io.chitra.cli.submit;

import io.chitra.job.JobDefaults;
import io.chitra.job.JobException;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.Line;
import io.chitra.job.ModelFacts;
import io.chitra.job.Problem;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the jobs of a source as they are to be sent: with the digests of the model and of all
 * files, and every default filled in. Never holds more than one line. Used by one thread.
 */
public final class JobReader implements Closeable {

  private final JobSource.Lines lines;
  private final JobLimits limits;
  private final ModelShelf models;
  private final InputShelf inputs;

  private JobReader(JobSource.Lines lines, JobLimits limits, ModelShelf models, InputShelf inputs) {
    this.lines = lines;
    this.limits = limits;
    this.models = models;
    this.inputs = inputs;
  }

  /** Starts a reading. */
  public static JobReader open(
      JobSource source,
      JobDefaults defaults,
      JobLimits limits,
      ModelShelf models,
      InputShelf inputs)
      throws IOException {
    return new JobReader(source.open(defaults, limits), limits, models, inputs);
  }

  /**
   * The next line, its job resolved, or what is wrong with it; null at the end. A job with files in
   * a store comes unresolved as long as there is no store.
   */
  public @Nullable Line next() throws IOException {
    Line line = lines.next();
    return line instanceof Line.JobLine job ? resolve(job) : line;
  }

  private Line resolve(Line.JobLine line) {
    RenderJob job = line.job();
    if (!inputs.reaches(job)) {
      return line;
    }
    List<Problem> problems = new ArrayList<>();
    try {
      ModelFacts facts = models.find(line.model()).facts();
      job.setModelDigest(facts.digest());
      job.setModelName(facts.name());
      files(job, facts, problems);
      vae(job, facts, problems);
      if (problems.isEmpty()) {
        RenderJob resolved = JobRules.resolve(job, facts, limits);
        return new Line.JobLine(line.file(), line.line(), resolved, line.model());
      }
    } catch (JobException e) {
      problems.addAll(e.problems());
    } catch (ModelException | InvalidPathException e) {
      problems.add(problem("model", e));
    }
    return new Line.BadLine(line.file(), line.line(), problems);
  }

  /** Names the job's files by address and digest, and takes its size from its picture. */
  private void files(RenderJob job, ModelFacts facts, List<Problem> problems) {
    InputFile image = job.getImage();
    if (image != null) {
      try {
        InputShelf.Picture picture = inputs.picture(image.getUri());
        job.setImage(picture.file());
        size(job, picture, facts.vae().factor(), problems);
      } catch (InputException e) {
        problems.add(problem("image", e));
      }
    }
    InputFile mask = job.getMaskImage();
    if (mask != null) {
      try {
        job.setMaskImage(inputs.picture(mask.getUri()).file());
      } catch (InputException e) {
        problems.add(problem("mask_image", e));
      }
    }
    if (job.getLoras() != null) {
      job.setLoras(loras(job.getLoras(), problems));
    }
  }

  private List<Lora> loras(List<Lora> named, List<Problem> problems) {
    List<Lora> loras = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      String path = named.get(i).getFile().getUri();
      String name = path.substring(path.lastIndexOf('/') + 1);
      try {
        loras.add(new Lora(inputs.lora(path), named.get(i).getScale(), name));
      } catch (InputException e) {
        problems.add(problem("loras[%d].path".formatted(i), e));
      }
    }
    return loras;
  }

  /** As diffusers takes it: each side that is not given, rounded down to the model's factor. */
  private static void size(
      RenderJob job, InputShelf.Picture picture, int factor, List<Problem> problems) {
    if (job.getWidth() == null) {
      job.setWidth(roundedDown("width", picture.width(), factor, problems));
    }
    if (job.getHeight() == null) {
      job.setHeight(roundedDown("height", picture.height(), factor, problems));
    }
  }

  private static int roundedDown(String field, int side, int factor, List<Problem> problems) {
    if (side < factor) {
      problems.add(
          new Problem(
              field,
              "missing, and the image's own is %d, less than %d (the model's factor): give one"
                  .formatted(side, factor)));
    }
    return side - side % factor;
  }

  private void vae(RenderJob job, ModelFacts facts, List<Problem> problems) {
    Vae named = job.getVae();
    if (named == null) {
      return;
    }
    try {
      ModelShelf.VaeModel vae = models.findVae(String.valueOf(named.getName()));
      job.setVae(new Vae(vae.digest(), String.valueOf(vae.folder().getFileName())));
      if (!vae.facts().equals(facts.vae())) {
        problems.add(
            new Problem(
                "vae",
                "it reduces pictures by %d to %d channels, and the model's own by %d to %d"
                    .formatted(
                        vae.facts().factor(),
                        vae.facts().latentChannels(),
                        facts.vae().factor(),
                        facts.vae().latentChannels())));
      }
    } catch (ModelException | InvalidPathException e) {
      problems.add(problem("vae", e));
    }
  }

  private static Problem problem(String field, Exception why) {
    return new Problem(field, String.valueOf(why.getMessage()));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
