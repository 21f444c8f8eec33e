package io.chitra.diffusion;

import io.chitra.diffusion.image.RgbImage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;

/**
 * The one thread that turns latents to pixels, in batches of what waits. Pictures arrive from any
 * thread.
 */
final class Decoding implements AutoCloseable {

  private final int maxBatch;
  private final BiConsumer<Rendering, DiffusionException> outOfMemory;
  private final Queue<Rendering> queue = new ConcurrentLinkedQueue<>();
  private final ExecutorService thread = Threads.single("chitra-decode");

  /**
   * @param maxBatch pictures that are decoded at once, at most
   * @param outOfMemory takes the pictures that the device has no memory for, on the thread of this
   */
  Decoding(int maxBatch, BiConsumer<Rendering, DiffusionException> outOfMemory) {
    this.maxBatch = maxBatch;
    this.outOfMemory = outOfMemory;
  }

  /** Takes a picture that has done all its steps, which is certain to end from now on. */
  void add(Rendering rendering) {
    queue.add(rendering);
    thread.execute(this::decodeNext);
  }

  /**
   * Decodes the picture that came first, with later ones that can share its batch. Those that
   * nobody waits for any more are left out.
   */
  private void decodeNext() {
    dropCancelled();
    Rendering first = queue.poll();
    if (first == null) {
      return;
    }
    List<Rendering> batch = new ArrayList<>(List.of(first));
    Bucket.Key key = Bucket.Key.of(first);
    Iterator<Rendering> waiting = queue.iterator();
    while (batch.size() < maxBatch && waiting.hasNext()) {
      Rendering next = waiting.next();
      if (Bucket.Key.of(next).equals(key)) {
        batch.add(next);
        waiting.remove();
      }
    }
    decode(batch);
  }

  private void dropCancelled() {
    for (Iterator<Rendering> waiting = queue.iterator(); waiting.hasNext(); ) {
      Rendering next = waiting.next();
      if (next.order().isCancelled()) {
        waiting.remove();
        next.fail(Failures.closed());
      }
    }
  }

  /**
   * Decodes pictures of one model and shape. When they cannot be decoded together, each is tried
   * alone, so that one cannot fail the others.
   */
  private void decode(List<Rendering> batch) {
    Rendering first = batch.get(0);
    List<RgbImage> images;
    try {
      images =
          first
              .model()
              .decode(batch.stream().map(Rendering::latents).toList(), maxBatch, first.shape());
    } catch (DiffusionException | RuntimeException | Error e) {
      if (batch.size() > 1) {
        batch.forEach(rendering -> decode(List.of(rendering)));
      } else if (e instanceof DiffusionException known && known.isOutOfMemory()) {
        outOfMemory.accept(first, known);
      } else {
        first.fail(e);
      }
      return;
    }
    for (int i = 0; i < images.size(); i++) {
      batch.get(i).finish(images.get(i));
    }
  }

  /** Decodes what is there and ends the thread. */
  @Override
  public void close() {
    Threads.finish(thread);
  }
}
