package io.chitra.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Text as it is judged, shown and compared. */
final class Texts {

  private static final int SHOWN_CODE_POINTS = 60;

  private Texts() {}

  /** A value for a message: in quotes, shortened, and with control characters escaped. */
  static String quoted(String value) {
    return "'" + shown(value) + "'";
  }

  /** A value for a message, without quotes. */
  static String shown(String value) {
    return shown(value, SHOWN_CODE_POINTS);
  }

  static String shown(String value, int maxCodePoints) {
    int length = value.codePointCount(0, value.length());
    int shown = Math.min(length, maxCodePoints);
    String start = printable(value.substring(0, value.offsetByCodePoints(0, shown)));
    return shown == length ? start : start + "... (" + length + " characters)";
  }

  /** The text with everything escaped that a terminal would obey or could not show. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    out.append(String.format("\\u%04x", c));
                default -> out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * The first character that cannot travel in a record: half of a surrogate pair, or a control
   * character other than tab and line ends.
   */
  static OptionalInt forbiddenCharacter(String text) {
    return text.codePoints()
        .filter(
            c ->
                switch (Character.getType(c)) {
                  case Character.SURROGATE -> true;
                  case Character.CONTROL -> c != '\t' && c != '\n' && c != '\r';
                  default -> false;
                })
        .findFirst();
  }

  /** The known name that a misspelt one is nearest to, if it is near enough to be meant. */
  static Optional<String> nearest(String name, Collection<String> known) {
    if (name.length() > 64) {
      return Optional.empty();
    }
    record Candidate(String name, int distance) {}
    return known.stream()
        .map(candidate -> new Candidate(candidate, distance(lower(name), lower(candidate))))
        .filter(candidate -> candidate.distance() <= Math.max(1, candidate.name().length() / 3))
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .map(Candidate::name);
  }

  /** "a, b or c". */
  static String alternatives(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /**
   * Damerau and Levenshtein's distance: insertions, deletions, substitutions, neighbours swapped.
   */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substituted = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(substituted, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
