package io.chitra.worker.topology;

import io.chitra.job.JobException;
import io.chitra.job.JobRules;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.store.ObjectStore;
import io.chitra.worker.plan.UnknownModelException;
import io.chitra.worker.render.DiffusionRenderer;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.task.ImageTask;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;

/**
 * Shows how a picture came, for people: renders it once more in this JVM, beside any topology, and
 * puts nothing anywhere.
 */
public final class Filmstrips {

  /** The task comes from no topic here; its place decides no pixel. */
  private static final Submission NOWHERE = new Submission("", 0, 0L);

  private Filmstrips() {}

  /**
   * Blocks while it renders.
   *
   * @param options of a worker, for its store and its engine
   * @param job a value of the jobs topic
   * @param imageIndex of the picture within the job
   * @param frames at most, 2 or more
   * @return a PNG file: noise on the left, the result on the right
   * @throws JobException when the job breaks a rule
   * @throws RenderException when the picture cannot be made
   */
  public static byte[] png(Configuration options, byte[] job, int imageIndex, int frames)
      throws BadRecordException,
          JobException,
          UnknownModelException,
          RenderException,
          InterruptedException {
    try (ObjectStore objects = Clients.objectStore(options)) {
      RenderJob given = Clients.jobCodec(objects).decode(job);
      StoredModelCatalog models =
          new StoredModelCatalog(
              Clients.models(options, objects),
              options.get(WorkerOptions.RENDER_TRIES),
              InstantSource.system());
      RenderJob resolved =
          JobRules.resolve(
              given, models.facts(String.valueOf(given.getModelDigest())), Clients.limits(options));
      if (imageIndex >= resolved.getNumImagesPerPrompt()) {
        throw new RenderException(
            "Cannot show picture %d of job %s: it has %d, counted from 0"
                .formatted(imageIndex, resolved.getId(), resolved.getNumImagesPerPrompt()));
      }
      try (DiffusionRenderer renderer = Clients.renderer(options, objects)) {
        return renderer.filmstrip(new ImageTask(NOWHERE, resolved, imageIndex), frames).get();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof RenderException failure
          ? failure
          : new RenderException("Cannot render: " + cause, e);
    }
  }
}
