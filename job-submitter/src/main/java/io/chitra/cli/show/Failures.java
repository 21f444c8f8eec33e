package io.chitra.cli.show;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has failed, by reason: how many, and a few examples. Bounded, however many reasons there
 * are. Used by one thread.
 */
public final class Failures {

  private static final int MOST_REASONS = 20;
  private static final int MOST_EXAMPLES = 3;
  private static final String OTHER = "other reasons";

  private final Map<String, Group> groups = new LinkedHashMap<>();

  /** Failures with one reason, the number of them, and what failed first. */
  public record Group(String reason, long count, List<String> examples) {}

  /** Adds {@code count} failures of one thing. */
  public void add(String reason, String example, long count) {
    String key = groups.size() < MOST_REASONS || groups.containsKey(reason) ? reason : OTHER;
    Group before = groups.getOrDefault(key, new Group(key, 0, List.of()));
    List<String> examples = new ArrayList<>(before.examples());
    if (examples.size() < MOST_EXAMPLES) {
      examples.add(example);
    }
    groups.put(key, new Group(key, before.count() + count, List.copyOf(examples)));
  }

  /** How many there are. */
  public long count() {
    return groups.values().stream().mapToLong(Group::count).sum();
  }

  /** The reasons, the most frequent first. */
  public List<Group> groups() {
    return groups.values().stream()
        .sorted(Comparator.comparingLong(Group::count).reversed())
        .toList();
  }

  /** The groups as they are printed for a script. */
  public List<Map<String, Object>> json() {
    return groups().stream()
        .map(
            group ->
                Map.<String, Object>of(
                    "reason", group.reason(),
                    "count", group.count(),
                    "examples", group.examples()))
        .toList();
  }

  /** Lines for a person: a reason with its number, and below it what failed. */
  public List<String> lines(Screen screen) {
    List<String> lines = new ArrayList<>();
    for (Group group : groups()) {
      lines.add(
          Style.BAD.on(screen, Humans.count(group.count()) + " x ")
              + DisplayWidth.clean(group.reason()));
      String more = group.count() > group.examples().size() ? ", ..." : "";
      lines.add(Style.FAINT.on(screen, "    " + String.join(", ", group.examples()) + more));
    }
    return lines;
  }
}
