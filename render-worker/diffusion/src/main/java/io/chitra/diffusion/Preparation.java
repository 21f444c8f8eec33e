package io.chitra.diffusion;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that loads models, encodes prompts and makes noise, in the order in which pictures
 * were asked for, save that some whose model is in memory pass one whose model is not: models are
 * not swapped for each picture. Orders arrive from any thread.
 */
final class Preparation implements AutoCloseable {

  /** How many may pass the order that waits longest. */
  private static final int MOST_PASSES = 64;

  private final Predicate<Order> ready;
  private final Consumer<Order> prepare;
  private final Thread thread;

  /** Guarded by this. */
  private final Deque<Order> queue = new ArrayDeque<>();

  /** How many have passed the order that waits longest; guarded by this. */
  private int passes;

  /** Guarded by this. */
  private boolean closed;

  /**
   * @param ready whether an order's model is in memory
   * @param prepare never throws; on the thread of this
   */
  Preparation(Predicate<Order> ready, Consumer<Order> prepare) {
    this.ready = ready;
    this.prepare = prepare;
    this.thread = new Thread(this::run, "chitra-prepare");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Takes an order, which is certain to end from now on. */
  void add(Order order) {
    synchronized (this) {
      if (!closed) {
        queue.add(order);
        notifyAll();
        return;
      }
    }
    order.fail(Failures.closed());
  }

  private void run() {
    for (Order order = take(); order != null; order = take()) {
      prepare.accept(order);
    }
  }

  /** The next order; null when closed. */
  private synchronized @Nullable Order take() {
    while (queue.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        // only close() ends this thread
      }
    }
    if (closed) {
      return null;
    }
    if (passes < MOST_PASSES && !ready.test(queue.element())) {
      for (Iterator<Order> orders = queue.iterator(); orders.hasNext(); ) {
        Order order = orders.next();
        if (ready.test(order)) {
          orders.remove();
          passes++;
          return order;
        }
      }
    }
    passes = 0;
    return queue.remove();
  }

  /** Lets the order at work end, fails the others, and waits for the thread. */
  @Override
  public void close() {
    List<Order> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(queue);
      queue.clear();
      notifyAll();
    }
    left.forEach(order -> order.fail(Failures.closed()));
    Threads.join(thread);
  }
}
