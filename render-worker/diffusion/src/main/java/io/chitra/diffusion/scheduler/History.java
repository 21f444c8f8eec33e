package io.chitra.diffusion.scheduler;

import java.util.ArrayList;
import java.util.List;

/** The latest model outputs of a multistep method, as many as it looks back at. */
final class History {

  private final int capacity;
  private final List<float[]> newestFirst = new ArrayList<>();

  History(int capacity) {
    this.capacity = capacity;
  }

  /** Takes over an array, and forgets the oldest one when there are too many. */
  void add(float[] output) {
    newestFirst.add(0, output);
    if (newestFirst.size() > capacity) {
      newestFirst.remove(capacity);
    }
  }

  int size() {
    return newestFirst.size();
  }

  /** The output of so many steps before the latest one. */
  float[] get(int ago) {
    return newestFirst.get(ago);
  }
}
