package io.chitra.worker.topology;

import io.chitra.store.ObjectStore;
import io.chitra.worker.render.Renderer;
import java.io.Serializable;
import org.apache.flink.configuration.Configuration;

/** Opens a renderer where a render task runs; it travels there with the job. */
@FunctionalInterface
public interface RendererFactory extends Serializable {

  /**
   * @param options of the worker
   * @param objects where models are; stays the caller's, and open as long as the renderer
   */
  Renderer open(Configuration options, ObjectStore objects);
}
