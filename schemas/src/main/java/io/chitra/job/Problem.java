package io.chitra.job;

/**
 * What is wrong with one field of a job, and what would be right. One line of readable text:
 * neither part has control characters, and long values are shortened.
 *
 * @param field the field's name in a job file ({@code width}, {@code labels.colour}), or {@code
 *     line} when a line cannot be read at all
 */
public record Problem(String field, String message) {

  @Override
  public String toString() {
    return field + ": " + message;
  }
}
