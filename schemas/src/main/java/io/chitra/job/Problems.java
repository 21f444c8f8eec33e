package io.chitra.job;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with one job: at most one problem a field, the one found first. For one thread. */
final class Problems {

  private final List<Problem> found = new ArrayList<>();

  void add(String field, String message) {
    if (!has(field)) {
      found.add(new Problem(field, message));
    }
  }

  boolean has(String field) {
    return found.stream().anyMatch(problem -> problem.field().equals(field));
  }

  List<Problem> list() {
    return List.copyOf(found);
  }

  /** Both ends belong to the range. */
  void range(String field, @Nullable Integer value, int min, int max) {
    if (value != null && (value < min || value > max)) {
      outOfRange(field, value.toString(), Integer.toString(min), Integer.toString(max));
    }
  }

  /** Both ends belong to the range. */
  void range(String field, @Nullable Double value, double min, double max) {
    if (value == null) {
      return;
    }
    if (!Double.isFinite(value)) {
      add(field, value + " is no number");
    } else if (value < min || value > max) {
      outOfRange(field, number(value), number(min), number(max));
    }
  }

  private void outOfRange(String field, String value, String min, String max) {
    add(field, "%s is out of range: %s to %s would be right".formatted(value, min, max));
  }

  /** A number as people write it: without a point where it is whole. */
  static String number(double value) {
    return value == (long) value ? Long.toString((long) value) : Double.toString(value);
  }
}
