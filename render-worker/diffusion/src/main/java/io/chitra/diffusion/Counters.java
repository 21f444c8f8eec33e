package io.chitra.diffusion;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What an engine counts. Safe for many threads. */
final class Counters {

  /** What only grows. */
  enum Count {
    PICTURES,
    FAILURES,
    RUNS,
    ROWS_RUN,
    ROW_PLACES,
    RUN_NANOS,
    PROMPT_HITS,
    PROMPT_MISSES,
    MODEL_LOADS,
    MODEL_CLOSES,
    OUT_OF_MEMORY
  }

  private final LongAdder[] counts = adders(Count.values().length);
  private final LongAdder[] stages = adders(Stage.values().length);

  private static LongAdder[] adders(int number) {
    return Stream.generate(LongAdder::new).limit(number).toArray(LongAdder[]::new);
  }

  void add(Count count, long number) {
    counts[count.ordinal()].add(number);
  }

  void enter(Stage stage) {
    stages[stage.ordinal()].increment();
  }

  void leave(Stage stage) {
    stages[stage.ordinal()].decrement();
  }

  /**
   * @param rows of a batch now
   */
  EngineStats snapshot(int rows) {
    long[] count = Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
    return new EngineStats(
        count[Count.PICTURES.ordinal()],
        count[Count.FAILURES.ordinal()],
        count[Count.RUNS.ordinal()],
        count[Count.ROWS_RUN.ordinal()],
        count[Count.ROW_PLACES.ordinal()],
        count[Count.RUN_NANOS.ordinal()],
        count[Count.PROMPT_HITS.ordinal()],
        count[Count.PROMPT_MISSES.ordinal()],
        count[Count.MODEL_LOADS.ordinal()],
        count[Count.MODEL_CLOSES.ordinal()],
        count[Count.OUT_OF_MEMORY.ordinal()],
        rows,
        in(Stage.PREPARING),
        in(Stage.WAITING),
        in(Stage.DENOISING),
        in(Stage.DECODING));
  }

  private int in(Stage stage) {
    return stages[stage.ordinal()].intValue();
  }
}
