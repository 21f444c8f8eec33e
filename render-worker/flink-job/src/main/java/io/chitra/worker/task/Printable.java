package io.chitra.worker.task;

/**
 * Text that may come from anybody, made fit for a terminal, a log and a Kafka header: nothing in it
 * that moves a cursor, begins a line or turns the direction of writing. Letters of all scripts, and
 * what joins them, stay.
 */
public final class Printable {

  private static final String CONTROLS =
      "[\\p{Cc}\\p{Cs}\\x{2028}\\x{2029}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}\\x{FEFF}]";

  private Printable() {}

  public static String of(String text) {
    return text.replaceAll(CONTROLS, " ");
  }

  /**
   * Likewise, cut to a number of characters.
   *
   * @param maxCharacters whole ones, not halves of surrogate pairs
   */
  public static String of(String text, int maxCharacters) {
    if (text.codePointCount(0, text.length()) <= maxCharacters) {
      return of(text);
    }
    return of(text.substring(0, text.offsetByCodePoints(0, maxCharacters))) + "...";
  }
}
