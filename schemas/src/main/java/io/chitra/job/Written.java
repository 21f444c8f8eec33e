package io.chitra.job;

import java.util.List;

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

  record Array() implements Written {
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
