package io.chitra.diffusion;

import java.util.ArrayDeque;
import java.util.Deque;

/** Things to be closed, last first. Not thread-safe. */
final class Resources implements AutoCloseable {

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /** Closes everything, whatever fails meanwhile, and then throws the first failure. */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("Cannot close all of a model: " + e, e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
