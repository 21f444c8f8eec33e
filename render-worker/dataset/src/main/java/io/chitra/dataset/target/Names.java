package io.chitra.dataset.target;

import java.util.Arrays;

/** What names of files within a target may be. */
final class Names {

  private Names() {}

  /**
   * The name itself.
   *
   * @throws IllegalArgumentException when it could lead out of the target, or means no file
   */
  static String checked(String name) {
    boolean bad =
        name.isEmpty()
            || name.indexOf('\\') >= 0
            || name.chars().anyMatch(Character::isISOControl)
            || Arrays.stream(name.split("/", -1))
                .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    if (bad) {
      throw new IllegalArgumentException(
          "Cannot use '%s' as a name within a dataset: a/b.txt would be right".formatted(name));
    }
    return name;
  }
}
