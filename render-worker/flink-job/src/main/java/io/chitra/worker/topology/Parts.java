package io.chitra.worker.topology;

import java.io.Serializable;

/** What a topology is built with: the worker's own parts, or others in their place. */
public record Parts(RendererFactory renderers, ObjectStoreFactory stores, CommitListener commits)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The diffusion engine and S3. */
  public static Parts ofWorker() {
    return new Parts(Clients::renderer, ObjectStoreFactory.s3(), CommitListener.NONE);
  }

  public Parts withRenderers(RendererFactory other) {
    return new Parts(other, stores, commits);
  }

  public Parts withStores(ObjectStoreFactory other) {
    return new Parts(renderers, other, commits);
  }

  public Parts withCommits(CommitListener other) {
    return new Parts(renderers, stores, other);
  }
}
