package io.chitra.store;

/** Hears how a push goes on; called by the pushing thread. */
@FunctionalInterface
public interface PushListener {

  /** Hears nothing. */
  PushListener NONE = (file, bytesDone, bytesTotal) -> {};

  /**
   * A file is in the store, sent now or found there.
   *
   * @param file its path within the model
   * @param bytesDone of all files that are in the store by now
   * @param bytesTotal of all files of the model
   */
  void stored(String file, long bytesDone, long bytesTotal);
}
