package io.chitra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.show.Screen;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the command line writes: results to standard output, everything else to standard error,
 * always as UTF-8. Safe for use by several threads, as its streams are.
 */
record Console(PrintStream out, PrintStream err, Screen outScreen, Screen errScreen) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** When text is coloured. */
  enum Colour {
    AUTO,
    ALWAYS,
    NEVER
  }

  /**
   * The console of this process. What the launcher found out about the terminal comes as system
   * properties, since Java cannot tell one stream from another: {@code chitra.terminal.out}, {@code
   * chitra.terminal.err}, {@code chitra.terminal.columns}.
   */
  static Console ofProcess() {
    return new Console(
        utf8(FileDescriptor.out), utf8(FileDescriptor.err), screen("out"), screen("err"));
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  private static Screen screen(String stream) {
    boolean terminal = Boolean.getBoolean("chitra.terminal." + stream);
    String noColour = System.getenv("NO_COLOR");
    boolean coloured = terminal && (noColour == null || noColour.isEmpty());
    return new Screen(terminal, Integer.getInteger("chitra.terminal.columns", 80), coloured);
  }

  /** The same, with colours as asked for. */
  Console with(Colour colour) {
    return switch (colour) {
      case AUTO -> this;
      case ALWAYS -> new Console(out, err, coloured(outScreen, true), coloured(errScreen, true));
      case NEVER -> new Console(out, err, coloured(outScreen, false), coloured(errScreen, false));
    };
  }

  private static Screen coloured(Screen screen, boolean colour) {
    return new Screen(screen.terminal(), screen.columns(), colour);
  }

  /** Says what goes on. */
  void say(String message) {
    err.println(message);
  }

  /** Says what is not as it should be, and does not stop anything. */
  void warn(String message) {
    err.println(Style.WARNING.on(errScreen, message));
  }

  /** Says why something did not work. */
  void error(String message) {
    err.println(Style.BAD.on(errScreen, message));
  }

  /** Writes a table as the result, cut to the terminal. */
  void print(TextTable table) {
    table.lines(outScreen).forEach(out::println);
  }

  /** Writes a table as the result, however wide: addresses and paths are there to be copied. */
  void printUncut(TextTable table) {
    table.lines(new Screen(false, outScreen.columns(), outScreen.colour())).forEach(out::println);
  }

  /** Writes one JSON object on one line as the result. */
  void print(Map<String, ? extends @Nullable Object> json) {
    try {
      out.println(JSON.writeValueAsString(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Only maps, lists, texts and numbers are printed", e);
    }
  }
}
