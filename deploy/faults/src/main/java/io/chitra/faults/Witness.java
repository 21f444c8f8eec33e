package io.chitra.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader of committed records whose Kafka client shares nothing with the product's: the program
 * {@code deploy/faults/witness}, in Go. Reads from {@link #start} to {@link #close}, in a process
 * of its own.
 */
final class Witness implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private volatile JsonNode said = JSON.createObjectNode();

  private Witness(Process process) {
    this.process = process;
    Thread thread = new Thread(this::listen, "witness");
    thread.setDaemon(true);
    thread.start();
  }

  /** Starts one, where it was built. */
  static Optional<Witness> start(String bootstrapServers) throws IOException {
    Optional<Path> program = Others.program("witness");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>(List.of(program.get().toString(), bootstrapServers));
    command.addAll(Watcher.TOPICS);
    return Optional.of(
        new Witness(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()));
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said = JSON.readTree(line);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("The witness cannot be heard any more", e);
    }
  }

  /** How many events it has seen; -1 once it has seen one at an offset that it was past. */
  long events() {
    return said.path("again").asLong() > 0 ? -1 : said.path("events").asLong();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
