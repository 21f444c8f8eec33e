package io.chitra.checker;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was counted, and the first examples of each thing that is wrong. Safe for use by several
 * threads.
 */
final class Findings {

  /** Things that must not be. */
  enum Wrong {
    /** A picture without a terminal event. */
    LOST,
    /** A picture with more than one. */
    TWICE,
    /** An event for a picture that nobody has asked for. */
    FOREIGN,
    /** A value that cannot be read, or does not say what it must. */
    BROKEN,
    /** A record whose object is not there. */
    MISSING_OBJECT,
    /** A record whose object is another than it says. */
    MISMATCH,
    /** A transaction that was begun and is still open: records behind it cannot be read. */
    HANGING
  }

  private static final int EXAMPLES = 10;

  private final Map<Wrong, Long> wrong = new EnumMap<>(Wrong.class);
  private final Map<Wrong, List<String>> examples = new EnumMap<>(Wrong.class);
  private final Map<String, Long> counts = new LinkedHashMap<>();

  synchronized void add(Wrong what, long number, String example) {
    wrong.merge(what, number, Long::sum);
    List<String> some = examples.computeIfAbsent(what, unused -> new ArrayList<>());
    if (some.size() < EXAMPLES) {
      some.add(example);
    }
  }

  synchronized void count(String what, long number) {
    counts.merge(what, number, Long::sum);
  }

  /** How much of this is wrong. */
  synchronized long number(Wrong what) {
    return wrong.getOrDefault(what, 0L);
  }

  /** How many were counted. */
  synchronized long counted(String what) {
    return counts.getOrDefault(what, 0L);
  }

  synchronized boolean allRight() {
    return wrong.isEmpty();
  }

  /** As it is printed. */
  synchronized Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ok", wrong.isEmpty());
    json.putAll(counts);
    for (Wrong what : Wrong.values()) {
      json.put(what.name().toLowerCase(Locale.ROOT), wrong.getOrDefault(what, 0L));
    }
    Map<String, List<String>> said = new LinkedHashMap<>();
    examples.forEach((what, some) -> said.put(what.name().toLowerCase(Locale.ROOT), some));
    json.put("examples", said);
    return json;
  }
}
