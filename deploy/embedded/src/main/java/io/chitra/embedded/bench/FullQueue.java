package io.chitra.embedded.bench;

import io.chitra.diffusion.EngineStats;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches for how long pictures wait for rows: from the first picture that is done, when batches
 * have filled up, to the last one that waits. Used by one thread.
 */
final class FullQueue implements Consumer<EngineStats> {

  private final EngineStats before;
  private @Nullable EngineStats from;
  private EngineStats to;

  /**
   * @param before the engine gets its first picture
   */
  FullQueue(EngineStats before) {
    this.before = before;
    this.to = before;
  }

  @Override
  public void accept(EngineStats now) {
    if (now.waiting() == 0) {
      return;
    }
    if (from == null && now.pictures() > before.pictures()) {
      from = now;
    }
    to = now;
  }

  /**
   * The share of rows that pictures had in that time, 0 to 1; in all of the time, where there was
   * none.
   *
   * @param after the engine has made its last picture
   */
  double occupancy(EngineStats after) {
    return from == null || from.runs() == to.runs()
        ? EngineLoad.occupancy(before, after)
        : EngineLoad.occupancy(from, to);
  }
}
