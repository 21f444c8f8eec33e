package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.diffusion.EngineStats;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RecentRatioTest {

  private final AtomicReference<EngineStats> engine = new AtomicReference<>(stats(0, 0));
  private final RecentRatio rowsOfARun =
      new RecentRatio(engine::get, EngineStats::rowsRun, EngineStats::runs, 10);

  private static EngineStats stats(long runs, long rowsRun) {
    return new EngineStats(0, 0, runs, rowsRun, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void tellsOfWhatHasGrownSinceTheLastLookInItsUnit() {
    engine.set(stats(2, 8));
    rowsOfARun.update();
    assertEquals(10.0 * 8 / 2, rowsOfARun.getValue());

    engine.set(stats(6, 10));
    rowsOfARun.update();
    assertEquals(10.0 * (10 - 8) / (6 - 2), rowsOfARun.getValue());
    assertEquals(5.0, rowsOfARun.getValue(), "reading it changes nothing");
  }

  @Test
  void isZeroWhileNothingGrows() {
    assertEquals(0.0, rowsOfARun.getValue());
    engine.set(stats(2, 8));
    rowsOfARun.update();
    rowsOfARun.update();
    assertEquals(0.0, rowsOfARun.getValue());
  }
}
