package io.chitra.worker.attempt;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * That a task was started and has not ended, as the journal has it.
 *
 * @param deaths how many starts before this one ended with the death of the process
 * @param deathsAlone how many of them while nothing else was in hand
 * @param company what else is in hand meanwhile
 * @param runner who has started it
 */
record Attempt(int deaths, int deathsAlone, Company company, Runner runner) {

  private static final Pattern FORM =
      Pattern.compile("1 (\\d{1,9}) (\\d{1,9}) (TOGETHER|ALONE) (\\S+) (\\S+)");

  /** What else of the process's tasks is in hand. */
  enum Company {
    /** Others may be. */
    TOGETHER,
    /** Nothing is. */
    ALONE
  }

  static Attempt first(Runner runner) {
    return new Attempt(0, 0, Company.TOGETHER, runner);
  }

  /** The start after what was known. */
  static Attempt alone(Deaths before, Runner runner) {
    return new Attempt(before.all(), before.alone(), Company.ALONE, runner);
  }

  /** What is known of the task once the process that started it is dead. */
  Deaths afterDeath() {
    return new Deaths(deaths + 1, deathsAlone + (company == Company.ALONE ? 1 : 0));
  }

  /** One line of ASCII, for the journal. */
  String encoded() {
    return "1 %d %d %s %s %s"
        .formatted(deaths, deathsAlone, company, runner.attempt(), runner.process());
  }

  /** Empty for what another version has written. */
  static Optional<Attempt> decoded(String text) {
    Matcher parts = FORM.matcher(text);
    return parts.matches()
        ? Optional.of(
            new Attempt(
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                Company.valueOf(parts.group(3)),
                new Runner(parts.group(4), parts.group(5))))
        : Optional.empty();
  }
}
