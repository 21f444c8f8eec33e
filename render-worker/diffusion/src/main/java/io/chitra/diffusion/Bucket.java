package io.chitra.diffusion;

import io.chitra.diffusion.Counters.Count;
import io.chitra.diffusion.onnx.Lanes;
import io.chitra.diffusion.onnx.UNetBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that can share a batch: those of one model and one latent shape. Between two steps
 * finished ones leave and waiting ones enter, in the order they came, save that one which needs two
 * rows lets some pass that need one. Used by the denoising thread alone.
 */
final class Bucket {

  /** What pictures of one bucket have in common. */
  record Key(LoadedModel model, LatentShape shape) {

    static Key of(Rendering rendering) {
      return new Key(rendering.model(), rendering.shape());
    }
  }

  /**
   * What all buckets of a device have.
   *
   * @param rows of a batch
   * @param environment that those rows make
   * @param denoised takes the pictures that have done all their steps
   */
  record Setting(
      int rows,
      Environment environment,
      Batching batching,
      Lanes lanes,
      Counters counters,
      Consumer<Rendering> denoised) {}

  /** Fewest rows of a batch: those of one picture with guidance. */
  static final int FEWEST_ROWS = 2;

  /** How many may pass the picture that waits longest. */
  private static final int MOST_PASSES = 16;

  private final Key key;
  private final Setting setting;
  private final Deque<Rendering> waiting = new ArrayDeque<>();

  /** The least recently stepped first. */
  private final Deque<Rendering> active = new ArrayDeque<>();

  private @Nullable UNetBatch batch;

  /** How many have passed the picture that waits longest. */
  private int passes;

  /** Rows that every run has until all pictures of a whole batch are done. */
  private int wholeRows;

  Bucket(Key key, Setting setting) {
    this.key = key;
    this.setting = setting;
  }

  Key key() {
    return key;
  }

  void add(Rendering rendering) {
    waiting.add(rendering);
  }

  boolean isEmpty() {
    return waiting.isEmpty() && active.isEmpty();
  }

  /**
   * Does one run of the UNet.
   *
   * @throws DiffusionException out of memory, where fewer rows may help
   */
  void turn() throws DiffusionException {
    dropCancelled();
    admit();
    List<Rendering> group = group();
    if (!group.isEmpty()) {
      step(group);
      List<Rendering> unfinished = group.stream().filter(active::contains).toList();
      active.removeAll(unfinished);
      active.addAll(unfinished);
    }
  }

  /** Empties the bucket. */
  void failAll(Throwable failure) {
    takeStarted().forEach(rendering -> rendering.fail(failure));
    takeWaiting().forEach(rendering -> rendering.fail(failure));
  }

  /** Takes out the pictures that have rows. */
  List<Rendering> takeStarted() {
    return takeAll(active);
  }

  /** Takes out the pictures that have none yet, in the order they came. */
  List<Rendering> takeWaiting() {
    return takeAll(waiting);
  }

  private static List<Rendering> takeAll(Deque<Rendering> renderings) {
    List<Rendering> taken = new ArrayList<>(renderings);
    renderings.clear();
    return taken;
  }

  private void dropCancelled() {
    for (Deque<Rendering> renderings : List.of(active, waiting)) {
      List<Rendering> cancelled =
          renderings.stream().filter(rendering -> rendering.order().isCancelled()).toList();
      renderings.removeAll(cancelled);
      cancelled.forEach(rendering -> rendering.fail(Failures.closed()));
    }
  }

  private void admit() {
    if (setting.batching() == Batching.WHOLE && !active.isEmpty()) {
      return;
    }
    int free = setting.rows() - rows(active);
    for (Rendering next = next(free); next != null; next = next(free)) {
      waiting.remove(next);
      next.start(setting);
      active.add(next);
      free -= next.rows();
    }
    wholeRows = setting.batching() == Batching.WHOLE ? rows(active) : 0;
  }

  /** The picture that takes free rows next, null when none does. */
  private @Nullable Rendering next(int free) {
    Rendering longest = waiting.peek();
    if (longest == null || free == 0) {
      return null;
    }
    if (longest.rows() <= free) {
      passes = 0;
      return longest;
    }
    if (passes == MOST_PASSES) {
      return null;
    }
    for (Rendering rendering : waiting) {
      if (rendering.rows() <= free) {
        passes++;
        return rendering;
      }
    }
    return null;
  }

  private static int rows(Iterable<Rendering> renderings) {
    int rows = 0;
    for (Rendering rendering : renderings) {
      rows += rendering.rows();
    }
    return rows;
  }

  /**
   * The pictures of the next run: all, or where a run has one timestep, all at that of the one that
   * waited longest.
   */
  private List<Rendering> group() {
    if (active.isEmpty() || key.model().unet().timestepPerRow()) {
      return List.copyOf(active);
    }
    float timestep = active.element().timestep();
    return active.stream().filter(rendering -> rendering.timestep() == timestep).toList();
  }

  /** When a run fails, each picture is tried alone, so that one cannot fail the others. */
  private void step(List<Rendering> group) throws DiffusionException {
    UNetBatch done;
    try {
      done = predict(group);
    } catch (DiffusionException | RuntimeException | Error e) {
      if (e instanceof DiffusionException known && known.isOutOfMemory() && canHaveFewerRows()) {
        throw known;
      }
      if (group.size() == 1) {
        leave(group.get(0), rendering -> rendering.fail(e));
      } else {
        for (Rendering rendering : group) {
          step(List.of(rendering));
        }
      }
      return;
    }
    int row = 0;
    for (Rendering rendering : group) {
      try {
        rendering.step(done, row);
        if (rendering.isDenoised()) {
          leave(rendering, setting.denoised());
        }
      } catch (RuntimeException | Error e) {
        leave(rendering, failed -> failed.fail(e));
      }
      row += rendering.rows();
    }
  }

  private boolean canHaveFewerRows() {
    return (batch == null ? setting.rows() : batch.rowsOfRun()) > FEWEST_ROWS;
  }

  private void leave(Rendering rendering, Consumer<Rendering> next) {
    active.remove(rendering);
    next.accept(rendering);
  }

  private UNetBatch predict(List<Rendering> group) throws DiffusionException {
    UNetBatch rows = batch;
    if (rows == null) {
      LatentShape shape = key.shape();
      rows =
          key.model()
              .unet()
              .batch(setting.rows(), shape.height(), shape.width(), group.get(0).condition());
      batch = rows;
    }
    rows.clear();
    for (Rendering rendering : group) {
      rendering.addTo(rows);
    }
    long start = System.nanoTime();
    rows.run(setting.lanes(), wholeRows);
    Counters counters = setting.counters();
    counters.add(Count.RUN_NANOS, System.nanoTime() - start);
    counters.add(Count.RUNS, 1);
    counters.add(Count.ROWS_RUN, rows(group));
    counters.add(Count.ROW_PLACES, setting.rows());
    return rows;
  }
}
