package io.chitra.cli.show;

/**
 * What a stream of text ends in.
 *
 * @param terminal a person looks at it: lines may be drawn over
 * @param columns how wide it is
 * @param colour whether text may be coloured
 */
public record Screen(boolean terminal, int columns, boolean colour) {

  /** The narrowest that anything is laid out for. */
  private static final int NARROWEST = 40;

  public Screen {
    columns = Math.max(columns, NARROWEST);
  }
}
