package io.chitra.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code stack.json}: the addresses of the stack that runs on a state folder, there exactly while
 * it can be used. Holds a secret, so its owner alone can read it.
 */
final class StackFile {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final Path file;

  StackFile(Path file) {
    this.file = file;
  }

  void write(StackAddresses addresses) throws MachineException {
    try {
      Folders.writePrivately(
          file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(addresses) + "\n");
    } catch (IOException e) {
      throw Failures.cannot("write " + file, e);
    }
  }

  Optional<StackAddresses> read() throws MachineException {
    try {
      return Optional.of(JSON.readValue(Files.readString(file), StackAddresses.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new MachineException("Cannot read " + file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw Failures.cannot("read " + file, e);
    }
  }

  void delete() throws MachineException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Failures.cannot("delete " + file, e);
    }
  }
}
