package io.chitra.cli.machine;

/**
 * One thing that {@code doctor} looked at.
 *
 * @param subject what was looked at, as "memory"
 * @param level how good it is
 * @param found what is here
 * @param advice the way out, empty when all is well
 */
public record Finding(String subject, Level level, String found, String advice) {
  /** How good a finding is. */
  public enum Level {
    OK,
    NOTE,
    PROBLEM
  }
}
