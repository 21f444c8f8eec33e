package io.chitra.worker.plan;

import io.chitra.worker.task.PlannedImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The submissions that are being fanned out, and which of them has the next picture.
 *
 * <ul>
 *   <li>The highest priority with open submissions has the turn. Every tenth turn that it has while
 *       others wait goes to the next lower one, so that none starves.
 *   <li>Within a priority, datasets have turns, one picture each.
 *   <li>Within a dataset, submissions follow each other in the order in which they came.
 * </ul>
 *
 * <p>A priority is full with so many open submissions: then no more of it should be read, so that
 * this stays small whatever waits in the topics. Used by one thread.
 */
public final class OpenJobs {

  /** Of so many turns of a priority, one goes to the next lower one. */
  static final int TURNS = 10;

  private final int window;
  private final Map<Priority, Level> levels = new EnumMap<>(Priority.class);

  /** Their ranges are still to be told. */
  private final Deque<OpenJob> cancelled = new ArrayDeque<>();

  /**
   * @param window open submissions that fill a priority
   */
  public OpenJobs(int window) {
    this.window = window;
    for (Priority priority : Priority.values()) {
      levels.put(priority, new Level());
    }
  }

  /** Takes a submission, also where its priority is full. */
  public void add(Priority priority, OpenJob job) {
    level(priority).add(job);
  }

  /** The priorities of which no more should be read now. */
  public Set<Priority> full() {
    Set<Priority> full = EnumSet.noneOf(Priority.class);
    levels.forEach(
        (priority, level) -> {
          if (level.jobs >= window) {
            full.add(priority);
          }
        });
    return full;
  }

  /** How many submissions are open, the cancelled ones that are still to be told of included. */
  public int size() {
    return cancelled.size() + levels.values().stream().mapToInt(level -> level.jobs).sum();
  }

  /** Whether nothing is left, neither pictures nor cancelled ranges. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Takes the picture whose turn it is out; empty where there is none. */
  public Optional<PlannedImage> next() {
    Level chosen = null;
    for (Level level : levels.values()) {
      if (level.jobs > 0) {
        if (chosen != null && !chosen.passesTurn()) {
          break;
        }
        chosen = level;
      }
    }
    return Optional.ofNullable(chosen).map(Level::next);
  }

  /** Sets those that are covered apart: they have no pictures any more. */
  public void cancel(Predicate<OpenJob> covered) {
    levels.values().forEach(level -> level.moveTo(cancelled, covered));
  }

  /** Takes the next submission out of which a range is cancelled; empty where there is none. */
  public Optional<OpenJob> nextCancelled() {
    return Optional.ofNullable(cancelled.poll());
  }

  /** How far all of them have come, in an order in which they can be added again. */
  public List<PlanCursor> cursors() {
    List<PlanCursor> cursors = new ArrayList<>();
    cancelled.forEach(job -> cursors.add(job.cursor()));
    for (Level level : levels.values()) {
      level.datasets.values().forEach(queue -> queue.forEach(job -> cursors.add(job.cursor())));
    }
    return cursors;
  }

  private Level level(Priority priority) {
    Level level = levels.get(priority);
    if (level == null) {
      throw new NoSuchElementException("Cannot find the level of " + priority);
    }
    return level;
  }

  /** The submissions of one priority. */
  private static final class Level {

    /** By dataset; the one whose turn is next comes first. None is empty. */
    private final Map<String, Deque<OpenJob>> datasets = new LinkedHashMap<>();

    private int jobs;

    /** Turns that this level has had while a lower one was waiting. */
    private int turns;

    void add(OpenJob job) {
      datasets.computeIfAbsent(job.dataset(), dataset -> new ArrayDeque<>()).add(job);
      jobs++;
    }

    boolean passesTurn() {
      turns = (turns + 1) % TURNS;
      return turns == 0;
    }

    PlannedImage next() {
      String dataset = datasets.keySet().iterator().next();
      Deque<OpenJob> queue = datasets.remove(dataset);
      if (queue == null) {
        throw new NoSuchElementException("Cannot find the queue of " + dataset);
      }
      OpenJob job = queue.remove();
      if (job.cursor().hasMore()) {
        queue.addFirst(job.advanced());
      } else {
        jobs--;
      }
      if (!queue.isEmpty()) {
        datasets.put(dataset, queue); // behind all others
      }
      return job.cursor().next();
    }

    void moveTo(Deque<OpenJob> target, Predicate<OpenJob> moved) {
      for (Iterator<Deque<OpenJob>> queues = datasets.values().iterator(); queues.hasNext(); ) {
        Deque<OpenJob> queue = queues.next();
        for (Iterator<OpenJob> open = queue.iterator(); open.hasNext(); ) {
          OpenJob job = open.next();
          if (moved.test(job)) {
            open.remove();
            jobs--;
            target.add(job);
          }
        }
        if (queue.isEmpty()) {
          queues.remove();
        }
      }
    }
  }
}
