package io.chitra.cli.check;

import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobsAgain;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.TopicException;
import io.chitra.store.ObjectStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Mends what a check has found. Pictures whose object is missing or wrong are asked for again, and
 * a wrong object is deleted first, so that nobody builds a record from it. What has been lost is
 * asked for again too, and what no record names is deleted: both only when the caller knows that
 * nothing is under way. Used by one thread.
 */
public final class Repair {

  private static final int DELETES_AT_ONCE = 64;

  private final Fsck check;
  private final ObjectStore objects;
  private final JobsAgain again;
  private final List<String> unsent = new ArrayList<>();
  private long lost;
  private long remade;
  private long deletedWrong;
  private long deletedOrphans;

  /** Of the last check. Its parts stay the caller's. */
  public Repair(Fsck check, ObjectStore objects, JobsAgain again) {
    this.check = check;
    this.objects = objects;
    this.again = again;
  }

  /** Asks again for pictures whose object is missing or wrong. */
  public void objects() throws CheckException, TopicException, InterruptedException {
    Map<Place, Indexes> found =
        check.findings(
            EnumSet.of(
                Finding.Kind.MISSING_OBJECT, Finding.Kind.WRONG_LENGTH, Finding.Kind.WRONG_HASH));
    Set<String> wrong = check.wrongObjects();
    wrong.forEach(key -> objects.delete(key).join());
    deletedWrong = wrong.size();
    remade = ask(found);
  }

  /** Asks again for pictures that have not ended; only when no worker will end them. */
  public void lost() throws CheckException, TopicException, InterruptedException {
    lost = ask(check.findings(EnumSet.of(Finding.Kind.NOT_ENDED)));
  }

  private long ask(Map<Place, Indexes> found) throws TopicException, InterruptedException {
    long pictures = 0;
    for (Map.Entry<Place, Indexes> submission : found.entrySet()) {
      try {
        ask(submission.getKey(), submission.getValue());
        pictures += submission.getValue().size();
      } catch (JobsAgain.NoSuchJobException e) {
        unsent.add(String.valueOf(e.getMessage()));
      }
    }
    again.flush();
    return pictures;
  }

  /** What is no job is sent again as it is, so that it gets its dead letter. */
  private void ask(Place submission, Indexes indexes)
      throws JobsAgain.NoSuchJobException, TopicException, InterruptedException {
    if (!again.isJob(submission)) {
      again.whole(submission);
      return;
    }
    for (Indexes.Range range : indexes.ranges()) {
      again.range(submission, range);
    }
  }

  /** Deletes objects that no record names; only when no worker runs, nor can start meanwhile. */
  public void orphans() throws CheckException {
    Deque<CompletableFuture<Void>> deleting = new ArrayDeque<>();
    check.orphans(
        key -> {
          if (deleting.size() >= DELETES_AT_ONCE) {
            deleting.remove().join();
          }
          deleting.add(objects.delete(key));
          deletedOrphans++;
        });
    deleting.forEach(CompletableFuture::join);
  }

  /** How many pictures that had been lost were asked for again. */
  public long lostAskedAgain() {
    return lost;
  }

  /** How many pictures without a right object were asked for again. */
  public long remade() {
    return remade;
  }

  public long wrongObjectsDeleted() {
    return deletedWrong;
  }

  public long orphansDeleted() {
    return deletedOrphans;
  }

  /** What could not be asked for again, with the reason. */
  public List<String> unsent() {
    return List.copyOf(unsent);
  }
}
