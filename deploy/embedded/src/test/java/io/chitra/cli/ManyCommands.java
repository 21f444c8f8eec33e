package io.chitra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import org.slf4j.LoggerFactory;

/**
 * A JVM that runs one command line after the other, as {@link Main} runs its one: each line of its
 * input is the JSON list of a command's arguments. After what a command says comes {@link #ENDED}
 * with its exit status. It ends with its input.
 */
public final class ManyCommands {

  /** How the line begins that follows a command's own. */
  public static final String ENDED = "the command has ended with ";

  private ManyCommands() {}

  public static void main(String[] none) throws IOException {
    // The place of the logs is this JVM's, and not that of the first command's stack.
    LoggerFactory.getLogger(ManyCommands.class).info("Ready for commands");
    JsonMapper json = JsonMapper.builder().build();
    Console console = Console.ofProcess();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int exit = Main.run(console, json.readValue(line, String[].class));
      console.out().println(ENDED + exit);
    }
    System.exit(0);
  }
}
