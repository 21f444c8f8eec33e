package io.chitra.worker.topology;

import io.chitra.store.ObjectStore;
import java.io.Serializable;
import org.apache.flink.configuration.Configuration;

/** Opens the object store where an operator runs; it travels there with the job. */
@FunctionalInterface
public interface ObjectStoreFactory extends Serializable {

  /**
   * Opens a store; whoever asks owns it.
   *
   * @param options of the worker
   */
  ObjectStore open(Configuration options);

  /** The bucket that the options name. */
  static ObjectStoreFactory s3() {
    return Clients::objectStore;
  }
}
