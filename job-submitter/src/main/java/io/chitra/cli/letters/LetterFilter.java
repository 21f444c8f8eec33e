package io.chitra.cli.letters;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Picks dead letters by conditions that must all hold: {@code FIELD=VALUE}, {@code FIELD!=VALUE},
 * {@code FIELD~REGEX}, {@code FIELD!~REGEX}; a regular expression need not match the whole. Fields:
 * dataset, job, stage, error, message, topic. Immutable.
 */
public final class LetterFilter {

  /** Picks all. */
  public static final LetterFilter ALL = new LetterFilter(List.of());

  private static final Pattern CONDITION = Pattern.compile("([a-z]+)(!?[=~])(.*)", Pattern.DOTALL);
  private static final String NONE = "";

  private final List<Predicate<Letter>> conditions;

  private LetterFilter(List<Predicate<Letter>> conditions) {
    this.conditions = List.copyOf(conditions);
  }

  /**
   * Reads conditions.
   *
   * @throws IllegalArgumentException with a message for a person
   */
  public static LetterFilter parse(List<String> expressions) {
    List<Predicate<Letter>> conditions = new ArrayList<>();
    expressions.forEach(expression -> conditions.add(condition(expression)));
    return new LetterFilter(conditions);
  }

  private static Predicate<Letter> condition(String expression) {
    Matcher parts = CONDITION.matcher(expression);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "Cannot filter by '%s': dataset=NAME, job=ID, stage=RENDER, error=CLASS, topic=NAME or message~REGEX would be right"
              .formatted(expression));
    }
    Function<Letter, String> field = field(expression, parts.group(1));
    Predicate<Letter> condition =
        parts.group(2).endsWith("~")
            ? matching(expression, field, parts.group(3))
            : letter -> field.apply(letter).equalsIgnoreCase(parts.group(3));
    return parts.group(2).startsWith("!") ? condition.negate() : condition;
  }

  private static Function<Letter, String> field(String expression, String name) {
    return switch (name) {
      case "dataset" -> letter -> letter.job().map(Letter.JobName::dataset).orElse(NONE);
      case "job" -> letter -> letter.job().map(Letter.JobName::job).orElse(NONE);
      case "stage" -> letter -> letter.stage().name().toLowerCase(Locale.ROOT);
      case "error" -> Letter::errorClass;
      case "message" -> Letter::message;
      case "topic" -> letter -> letter.submission().topic();
      default ->
          throw new IllegalArgumentException(
              "Cannot filter by '%s': a dead letter has dataset, job, stage, error, message and topic"
                  .formatted(expression));
    };
  }

  private static Predicate<Letter> matching(
      String expression, Function<Letter, String> field, String regex) {
    try {
      Pattern pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
      return letter -> pattern.matcher(field.apply(letter)).find();
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "Cannot filter by '%s': %s".formatted(expression, e.getDescription()), e);
    }
  }

  boolean picks(Letter letter) {
    return conditions.stream().allMatch(condition -> condition.test(letter));
  }
}
