package io.chitra.diffusion;

import io.chitra.diffusion.onnx.UNetBatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that can share a batch: those of one model and one latent shape. Between two steps
 * finished ones leave and waiting ones enter, in the order they came. Used by the denoising thread
 * alone.
 */
final class Bucket {

  /** What pictures of one bucket have in common. */
  record Key(LoadedModel model, LatentShape shape) {

    static Key of(Rendering rendering) {
      return new Key(rendering.model(), rendering.shape());
    }
  }

  private final Key key;
  private final int maxRows;
  private final Consumer<Rendering> denoised;
  private final Deque<Rendering> waiting = new ArrayDeque<>();

  /** The least recently stepped first. */
  private final Deque<Rendering> active = new ArrayDeque<>();

  private @Nullable UNetBatch batch;

  /**
   * @param denoised takes the pictures that have done all their steps
   */
  Bucket(Key key, int maxRows, Consumer<Rendering> denoised) {
    this.key = key;
    this.maxRows = maxRows;
    this.denoised = denoised;
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

  /** Does one run of the UNet. */
  void turn() {
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
    for (Deque<Rendering> renderings : List.of(active, waiting)) {
      while (!renderings.isEmpty()) {
        renderings.remove().fail(failure);
      }
    }
  }

  private void dropCancelled() {
    for (Deque<Rendering> renderings : List.of(active, waiting)) {
      List<Rendering> cancelled = renderings.stream().filter(Rendering::isCancelled).toList();
      renderings.removeAll(cancelled);
      cancelled.forEach(rendering -> rendering.fail(Failures.closed()));
    }
  }

  private void admit() {
    int free = maxRows - active.stream().mapToInt(Rendering::rows).sum();
    while (!waiting.isEmpty() && waiting.element().rows() <= free) {
      Rendering next = waiting.remove();
      next.start();
      active.add(next);
      free -= next.rows();
    }
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
  private void step(List<Rendering> group) {
    UNetBatch done;
    try {
      done = predict(group);
    } catch (DiffusionException | RuntimeException | Error e) {
      if (group.size() == 1) {
        leave(group.get(0), rendering -> rendering.fail(e));
      } else {
        group.forEach(rendering -> step(List.of(rendering)));
      }
      return;
    }
    int row = 0;
    for (Rendering rendering : group) {
      try {
        rendering.step(done, row);
        if (rendering.isDenoised()) {
          leave(rendering, denoised);
        }
      } catch (RuntimeException | Error e) {
        leave(rendering, failed -> failed.fail(e));
      }
      row += rendering.rows();
    }
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
              .batch(maxRows, shape.height(), shape.width(), group.get(0).condition());
      batch = rows;
    }
    int row = 0;
    for (Rendering rendering : group) {
      rendering.put(rows, row);
      row += rendering.rows();
    }
    rows.run(row);
    return rows;
  }
}
