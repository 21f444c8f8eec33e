package io.chitra.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One line of a job file while it is read: takes its fields one by one, turns what is written into
 * what the fields hold, and notes what is wrong, up to a number of things. For one thread.
 */
final class Row {

  private static final String LABEL_PREFIX = Field.LABELS.fieldName() + ".";

  private static final int MAX_PROBLEMS = 20;

  private final GivenFields given;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final ValueReader values = new ValueReader(this::add);
  private final NestedReader nested = new NestedReader(values);

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
      label(name, number.isWhole() ? LabelType.INTEGER : LabelType.NUMBER, value);
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
          case STRING -> values.text(new Slot(field, "a text"), value);
          case INTEGER -> values.wholeNumber(new Slot(field, "7"), value);
          case NUMBER -> values.number(new Slot(field, "7.5"), value);
          case BOOLEAN -> values.flag(new Slot(field, "true"), value);
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
      case TEXT -> given.put(field, values.text(slot, value));
      case INT -> given.put(field, values.integer(slot, value));
      case LONG -> given.put(field, values.wholeNumber(slot, value));
      case DOUBLE -> given.put(field, values.number(slot, value));
      case FLAG -> given.put(field, values.flag(slot, value));
      case INTS -> given.put(field, values.integers(slot, value));
      case LABELS -> labels(slot, value);
      case MASK -> given.put(field, nested.mask(slot, value));
      case OUTPAINT -> given.put(field, nested.outpaint(slot, value));
      case LORAS -> given.put(field, nested.loras(slot, value));
    }
  }

  private void labels(Slot slot, Written value) {
    if (value instanceof Written.Members members) {
      members.members().forEach(member -> label(member.name(), member.value()));
    } else {
      values.refuse(slot, value, "no object");
    }
  }
}
