package io.chitra.worker.topology;

import io.chitra.diffusion.EngineStats;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.View;

/**
 * One growing figure of an engine over another, both as they have grown in the last few seconds:
 * Flink calls {@link #update} every five. 0 while nothing grows. Read by any thread.
 */
final class RecentRatio implements Gauge<Double>, View {

  private final Supplier<EngineStats> engine;
  private final ToLongFunction<EngineStats> above;
  private final ToLongFunction<EngineStats> below;
  private final double unit;
  private long lastAbove;
  private long lastBelow;
  private volatile double ratio;

  RecentRatio(
      Supplier<EngineStats> engine,
      ToLongFunction<EngineStats> above,
      ToLongFunction<EngineStats> below,
      double unit) {
    this.engine = engine;
    this.above = above;
    this.below = below;
    this.unit = unit;
  }

  @Override
  public void update() {
    EngineStats now = engine.get();
    long grownAbove = above.applyAsLong(now) - lastAbove;
    long grownBelow = below.applyAsLong(now) - lastBelow;
    ratio = grownBelow == 0 ? 0 : unit * grownAbove / grownBelow;
    lastAbove += grownAbove;
    lastBelow += grownBelow;
  }

  @Override
  public Double getValue() {
    return ratio;
  }
}
