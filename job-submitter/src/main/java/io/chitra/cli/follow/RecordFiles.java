package io.chitra.cli.follow;

import io.chitra.cli.follow.Follower.OffsetRange;
import io.chitra.store.ObjectStore;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Parquet record files that the worker derives from the topic of results: {@code
 * records/render.results-<partition>/<from>-<to>.parquet}, offsets with 20 digits, both included.
 */
public final class RecordFiles {

  private static final Pattern NAME = Pattern.compile(".*/(\\d{20})-(\\d{20})\\.parquet");
  private static final Duration POLL = Duration.ofMillis(500);

  private RecordFiles() {}

  /** The prefix of all of them. */
  public static String prefix() {
    return "records/";
  }

  /**
   * Waits until the files cover what a run has produced.
   *
   * @param results the topic's name
   * @return whether they do; false when they still do not after that time
   */
  public static boolean await(
      ObjectStore objects, String results, Map<Integer, OffsetRange> produced, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!covered(objects, results, produced)) {
      if (System.nanoTime() >= deadline) {
        return false;
      }
      Thread.sleep(POLL.toMillis());
    }
    return true;
  }

  private static boolean covered(
      ObjectStore objects, String results, Map<Integer, OffsetRange> produced) {
    return produced.entrySet().stream()
        .allMatch(
            range ->
                covers(
                    objects.list(prefix() + results + "-" + range.getKey() + "/"),
                    range.getValue()));
  }

  /** Files of a partition follow each other without gaps, so the last one tells. */
  static boolean covers(Iterable<String> keys, OffsetRange range) {
    for (String key : keys) {
      Matcher name = NAME.matcher(key);
      if (name.matches() && Long.parseLong(name.group(2)) >= range.last()) {
        return true;
      }
    }
    return false;
  }
}
