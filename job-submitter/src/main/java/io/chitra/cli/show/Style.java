package io.chitra.cli.show;

/** How a piece of text stands out on a terminal that shows colours. */
public enum Style {
  STRONG("1"),
  FAINT("2"),
  GOOD("32"),
  BAD("31"),
  WARNING("33");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** The text in this style, or as it is where the screen shows no colours. */
  public String on(Screen screen, String text) {
    return screen.colour() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
