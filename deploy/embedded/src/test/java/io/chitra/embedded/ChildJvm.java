package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A second JVM on the class path of this one. It is killed with -9 where it still runs when closed
 * or when this one ends.
 */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final StringBuilder said = new StringBuilder();

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
  }

  /** Starts {@code main}; what it says on both its outputs is read here. */
  static ChildJvm start(Path logs, Class<?> main, Object... arguments) throws IOException {
    return start(logs, main.getName(), List.of(arguments));
  }

  static ChildJvm start(Path logs, String main, List<?> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-XX:+UseSerialGC");
    command.add("-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.chitra.schemas");
    command.add("--add-opens=java.base/java.util=ALL-UNNAMED");
    command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    command.add("-Dchitra.logs=" + logs);
    command.add("-Dfile.encoding=UTF-8");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    arguments.forEach(argument -> command.add(argument.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // No JVM of a test lives long enough for the second compiler, nor do those that it starts.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ChildJvm(process);
  }

  /** Reads on until a line that starts with this, and returns that line. */
  String awaitLine(String start) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new IOException("The process ended before it said \"" + start + "\":\n" + said);
  }

  /** Ends a line of its input. */
  void enter() throws IOException {
    enter("");
  }

  /** Gives it a line of input. */
  void enter(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** Reads all it says and waits for its end. Returns its exit status. */
  int await() throws InterruptedException {
    output.lines().forEach(line -> said.append(line).append('\n'));
    return process.waitFor();
  }

  /** Everything it has said that was read so far. */
  String said() {
    return said.toString();
  }

  /** Likewise, which is then forgotten. */
  String forget() {
    String all = said.toString();
    said.setLength(0);
    return all;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** SIGTERM. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
      output.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
