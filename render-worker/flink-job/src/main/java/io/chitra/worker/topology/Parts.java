package io.chitra.worker.topology;

import java.io.Serializable;

/** What a topology is built with: the worker's own parts, or others in their place. */
public record Parts(
    RendererFactory renderers, ObjectStoreFactory stores, CommitListener commits, WorkerClock clock)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The diffusion engine, S3 and the machine's clock. */
  public static Parts ofWorker() {
    return new Parts(
        Clients::renderer, ObjectStoreFactory.s3(), CommitListener.NONE, WorkerClock.SYSTEM);
  }

  public Parts withRenderers(RendererFactory other) {
    return new Parts(other, stores, commits, clock);
  }

  public Parts withStores(ObjectStoreFactory other) {
    return new Parts(renderers, other, commits, clock);
  }

  public Parts withCommits(CommitListener other) {
    return new Parts(renderers, stores, other, clock);
  }

  public Parts withClock(WorkerClock other) {
    return new Parts(renderers, stores, commits, other);
  }
}
