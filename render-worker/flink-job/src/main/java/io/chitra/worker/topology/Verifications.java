package io.chitra.worker.topology;

import io.chitra.dataset.compare.Verdict;
import io.chitra.dataset.compare.VerifyTask;
import io.chitra.schemas.BadRecordException;
import io.chitra.store.ObjectStore;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** Verifies one picture in this JVM, beside any topology; puts nothing anywhere. */
public final class Verifications {

  /**
   * What has come of it.
   *
   * @param file the new picture; null where there is none
   */
  public record Again(Verdict verdict, byte @Nullable [] file) {}

  private Verifications() {}

  /**
   * Blocks while it renders.
   *
   * @param options of a worker, for its store and its engine
   */
  public static Again verify(Configuration options, VerifyTask task)
      throws BadRecordException, RenderException, InterruptedException {
    try (ObjectStore objects = new ReadOnlyStore(Clients.objectStore(options));
        Renderer renderer = Clients.renderer(options, objects)) {
      PictureVerifier.Verified verified =
          VerifyFunction.verifier(options, renderer, objects).verify(task).get();
      return new Again(verified.verdict(), verified.file());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof RenderException failure
          ? failure
          : new RenderException("Cannot render: " + cause, e);
    }
  }
}
