package io.chitra.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a job file while it is read: takes its fields one by one, turns what is written into
 * what the fields hold, and notes what is wrong, up to a number of things. For one thread.
 */
final class Row {

  private static final String LABEL_PREFIX = Field.LABELS.fieldName() + ".";

  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]+");
  private static final Pattern NUMBER =
      Pattern.compile("-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  private static final int MAX_PROBLEMS = 20;

  private final GivenFields given;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  Row() {
    this(new GivenFields());
  }

  /** Begins with some fields given. */
  Row(GivenFields given) {
    this.given = given;
  }

  /** A line that cannot be read at all. */
  static Row unreadable(String why) {
    Row row = new Row();
    row.add("line", why);
    return row;
  }

  GivenFields given() {
    return given;
  }

  List<Problem> problems() {
    return problems;
  }

  void add(String field, String message) {
    add(new Problem(field, message));
  }

  void add(Problem problem) {
    problems.add(problem);
  }

  /** Takes a field. */
  void field(String name, Written value) {
    if (isFull()) {
      return;
    }
    if (!names.add(name)) {
      add(Texts.shown(name), "given twice: leave one");
      return;
    }
    Field.find(name).ifPresentOrElse(field -> known(field, value), () -> add(Field.refusal(name)));
  }

  /** Takes a label of the type that its value shows. */
  void label(String name, Written value) {
    if (value instanceof Written.Text) {
      label(name, LabelType.STRING, value);
    } else if (value instanceof Written.Flag) {
      label(name, LabelType.BOOLEAN, value);
    } else if (value instanceof Written.Numeral number) {
      boolean whole = WHOLE_NUMBER.matcher(number.digits()).matches();
      label(name, whole ? LabelType.INTEGER : LabelType.NUMBER, value);
    } else if (!isFull()) {
      add(
          LABEL_PREFIX + Texts.shown(name),
          value.shown() + " is no label: a text, a number, true or false would be");
    }
  }

  /** Takes a label of a given type. */
  void label(String name, LabelType type, Written value) {
    if (isFull()) {
      return;
    }
    String field = LABEL_PREFIX + Texts.shown(name);
    if (!names.add(LABEL_PREFIX + name)) {
      add(field, "given twice: leave one");
      return;
    }
    Object parsed =
        switch (type) {
          case STRING -> text(new Slot(field, "a text"), value);
          case INTEGER -> wholeNumber(new Slot(field, "7"), value, Long.MIN_VALUE, Long.MAX_VALUE);
          case NUMBER -> number(new Slot(field, "7.5"), value);
          case BOOLEAN -> flag(new Slot(field, "true"), value);
        };
    if (parsed != null) {
      given.putLabel(name, parsed);
    }
  }

  /** Enough is wrong: nobody reads more. */
  private boolean isFull() {
    return problems.size() >= MAX_PROBLEMS;
  }

  private void known(Field field, Written value) {
    if (value instanceof Written.Nothing) {
      return;
    }
    Slot slot = new Slot(field.fieldName(), field.example());
    switch (field.kind()) {
      case TEXT -> given.put(field, text(slot, value));
      case INT -> {
        Long number = wholeNumber(slot, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        given.put(field, number == null ? null : number.intValue());
      }
      case LONG -> given.put(field, wholeNumber(slot, value, Long.MIN_VALUE, Long.MAX_VALUE));
      case DOUBLE -> given.put(field, number(slot, value));
      case LABELS -> labels(slot, value);
    }
  }

  private void labels(Slot slot, Written value) {
    if (value instanceof Written.Members members) {
      members.members().forEach(member -> label(member.name(), member.value()));
    } else {
      refuse(slot, value, "no object");
    }
  }

  private @Nullable String text(Slot slot, Written value) {
    if (value instanceof Written.Text text) {
      return text.text();
    }
    refuse(slot, value, "no text");
    return null;
  }

  private @Nullable Long wholeNumber(Slot slot, Written value, long min, long max) {
    if (!(value instanceof Written.Numeral number)
        || !WHOLE_NUMBER.matcher(number.digits()).matches()) {
      refuse(slot, value, "no whole number");
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

  private @Nullable Double number(Slot slot, Written value) {
    if (!(value instanceof Written.Numeral number) || !NUMBER.matcher(number.digits()).matches()) {
      refuse(slot, value, "no number");
      return null;
    }
    double parsed = Double.parseDouble(number.digits());
    if (Double.isInfinite(parsed)) {
      refuse(slot, value, "far out of range");
      return null;
    }
    return parsed;
  }

  private @Nullable Boolean flag(Slot slot, Written value) {
    if (value instanceof Written.Flag flag) {
      return flag.value();
    }
    refuse(slot, value, "neither true nor false");
    return null;
  }

  private void refuse(Slot slot, Written value, String what) {
    String right =
        value instanceof Written.Text text && NUMBER.matcher(text.text()).matches()
            ? "without quotes it"
            : slot.example();
    add(slot.name(), value.shown() + " is " + what + ": " + right + " would be right");
  }

  /** Where a value goes, and what would be right there. */
  private record Slot(String name, String example) {}
}
