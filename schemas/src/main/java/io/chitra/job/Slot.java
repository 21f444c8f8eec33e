package io.chitra.job;

/**
 * Where a written value goes.
 *
 * @param name as messages call it
 * @param example what would be right there
 */
record Slot(String name, String example) {

  /** For a value that would be right if it were no text. */
  Slot withoutQuotes() {
    return new Slot(name, "without quotes it");
  }

  /** A part of the value that goes here. */
  Slot part(String part, String example) {
    return new Slot(name + "." + part, example);
  }
}
