package io.chitra.embedded;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/**
 * What a process of a stack is told at its start, in a file that its owner alone can read: secrets
 * are among it.
 *
 * @param name of the process, as {@code taskmanager-2}
 * @param role what it is
 * @param folder of a server's data; empty for Flink's processes
 * @param ports that a server listens on, or that must be served before a job manager starts
 * @param job class name of the worker, where it runs one
 * @param flink options of Flink's processes, by name
 * @param worker options of the worker, by name
 */
record ChildSettings(
    String name,
    ChildRole role,
    String folder,
    List<Integer> ports,
    String job,
    Map<String, String> flink,
    Map<String, String> worker) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  ChildSettings {
    ports = List.copyOf(ports);
    flink = Map.copyOf(flink);
    worker = Map.copyOf(worker);
  }

  /** Of a server. */
  static ChildSettings server(ChildRole role, Path folder, int port) {
    return new ChildSettings(
        role.title(), role, folder.toString(), List.of(port), "", Map.of(), Map.of());
  }

  void write(Path file) throws IOException {
    Folders.writePrivately(file, JSON.writeValueAsString(this));
  }

  static ChildSettings read(Path file) throws IOException {
    return JSON.readValue(Files.readString(file), ChildSettings.class);
  }

  Configuration flinkOptions() {
    return Configuration.fromMap(flink);
  }

  Configuration workerOptions() {
    return Configuration.fromMap(worker);
  }

  @Override
  public String toString() {
    return "ChildSettings[" + name + "]";
  }
}
