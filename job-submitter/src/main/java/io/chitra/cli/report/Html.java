package io.chitra.cli.report;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML whose text and attributes are escaped, whatever they hold: there is no way to write
 * text as markup, but for {@link #trusted}. Used by one thread.
 */
final class Html {

  private final Appendable out;
  private final Deque<String> open = new ArrayDeque<>();

  Html(Appendable out) throws IOException {
    this.out = out;
    out.append("<!DOCTYPE html>\n");
  }

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  Html open(String element, String... attributes) throws IOException {
    tag(element, attributes);
    open.push(element);
    return this;
  }

  /** Closes the element that was opened last and is still open. */
  Html close() throws IOException {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Writes an element with nothing but text in it. */
  Html element(String element, String text, String... attributes) throws IOException {
    return open(element, attributes).text(text).close();
  }

  /** Writes an element that has no end: {@code img}, {@code meta}. */
  Html empty(String element, String... attributes) throws IOException {
    tag(element, attributes);
    return this;
  }

  Html text(String text) throws IOException {
    escape(text);
    return this;
  }

  /** Begins a line in the source. */
  Html line() throws IOException {
    out.append('\n');
    return this;
  }

  /** Writes a script or a style sheet of this program, as it is. */
  Html trusted(String source) throws IOException {
    out.append(source);
    return this;
  }

  private void tag(String element, String... attributes) throws IOException {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
  }

  /** Half characters and control characters, which no document may have, become U+FFFD. */
  private void escape(String text) throws IOException {
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\n', '\t' -> out.append((char) c);
        default -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
            out.append('\ufffd');
          } else {
            out.append(Character.toString(c));
          }
        }
      }
    }
  }
}
