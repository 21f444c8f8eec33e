package io.chitra.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns what is written into values. What cannot be turned is null, and a problem. For one thread.
 */
final class ValueReader {

  private final Consumer<Problem> problems;

  ValueReader(Consumer<Problem> problems) {
    this.problems = problems;
  }

  @Nullable String text(Slot slot, Written value) {
    if (value instanceof Written.Text text) {
      return text.text();
    }
    refuse(slot, value, "no text");
    return null;
  }

  @Nullable Long wholeNumber(Slot slot, Written value) {
    return wholeNumber(slot, value, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Nullable Integer integer(Slot slot, Written value) {
    Long number = wholeNumber(slot, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return number == null ? null : number.intValue();
  }

  private @Nullable Long wholeNumber(Slot slot, Written value, long min, long max) {
    if (!(value instanceof Written.Numeral number) || !number.isWhole()) {
      refuseNumber(slot, value, "no whole number");
      return null;
    }
    try {
      long parsed = Long.parseLong(number.digits());
      if (parsed >= min && parsed <= max) {
        return parsed;
      }
    } catch (NumberFormatException e) {
      // Digits, and more of them than a long has.
    }
    refuse(slot, value, "far out of range");
    return null;
  }

  @Nullable Double number(Slot slot, Written value) {
    if (!(value instanceof Written.Numeral number) || !number.isNumber()) {
      refuseNumber(slot, value, "no number");
      return null;
    }
    double parsed = Double.parseDouble(number.digits());
    if (Double.isInfinite(parsed)) {
      refuse(slot, value, "far out of range");
      return null;
    }
    return parsed;
  }

  @Nullable Boolean flag(Slot slot, Written value) {
    if (value instanceof Written.Flag flag) {
      return flag.value();
    }
    boolean quoted = value instanceof Written.Text text && text.text().matches("true|false");
    refuse(quoted ? slot.withoutQuotes() : slot, value, "neither true nor false");
    return null;
  }

  @Nullable List<Integer> integers(Slot slot, Written value) {
    List<Integer> integers = new ArrayList<>();
    List<Written> items = items(slot, value);
    if (items == null) {
      return null;
    }
    for (Written item : items) {
      Integer integer = integer(slot, item);
      if (integer == null) {
        return null;
      }
      integers.add(integer);
    }
    return integers;
  }

  @Nullable List<Written> items(Slot slot, Written value) {
    if (value instanceof Written.Array array) {
      return array.items();
    }
    refuse(slot, value, "no list");
    return null;
  }

  /** The members of an object that may have these, without those that are null. */
  @Nullable Map<String, Written> members(Slot slot, Written value, List<String> known) {
    if (!(value instanceof Written.Members object)) {
      refuse(slot, value, "no object");
      return null;
    }
    Map<String, Written> members = new LinkedHashMap<>();
    for (Written.Member member : object.members()) {
      String name = slot.name() + "." + Texts.shown(member.name());
      if (!known.contains(member.name())) {
        add(name, "unknown: it may have " + Texts.alternatives(known));
      } else if (!(member.value() instanceof Written.Nothing)
          && members.put(member.name(), member.value()) != null) {
        add(name, "given twice: leave one");
      }
    }
    return members;
  }

  private void refuseNumber(Slot slot, Written value, String what) {
    boolean quoted =
        value instanceof Written.Text text && new Written.Numeral(text.text()).isNumber();
    refuse(quoted ? slot.withoutQuotes() : slot, value, what);
  }

  void refuse(Slot slot, Written value, String what) {
    add(slot.name(), value.shown() + " is " + what + ": " + slot.example() + " would be right");
  }

  void add(String field, String message) {
    problems.accept(new Problem(field, message));
  }
}
