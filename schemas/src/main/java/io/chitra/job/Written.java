package io.chitra.job;

import java.util.List;
import java.util.regex.Pattern;

/** A value as a job file has it, before anything is known of the field that it is for. */
sealed interface Written {

  /** How messages show it. */
  String shown();

  record Text(String text) implements Written {
    @Override
    public String shown() {
      return Texts.quoted(text);
    }
  }

  /** Something that stands where a number would: digits, but NaN or a CSV cell's text as well. */
  record Numeral(String digits) implements Written {

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    private static final Pattern NUMBER =
        Pattern.compile("-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

    boolean isWhole() {
      return WHOLE.matcher(digits).matches();
    }

    boolean isNumber() {
      return NUMBER.matcher(digits).matches();
    }

    @Override
    public String shown() {
      return Texts.shown(digits);
    }
  }

  record Flag(boolean value) implements Written {
    @Override
    public String shown() {
      return Boolean.toString(value);
    }
  }

  /** An object with its members, in order and as often as they were given. */
  record Members(List<Member> members) implements Written {
    @Override
    public String shown() {
      return "an object";
    }
  }

  record Member(String name, Written value) {}

  record Array(List<Written> items) implements Written {
    @Override
    public String shown() {
      return "an array";
    }
  }

  /** null: not given. */
  record Nothing() implements Written {
    @Override
    public String shown() {
      return "null";
    }
  }
}
