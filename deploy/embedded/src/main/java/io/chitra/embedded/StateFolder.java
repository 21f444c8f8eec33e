package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that keeps everything of one stack, and where what lies in it. Used by one stack at a
 * time, which holds its {@link StateLock}.
 */
record StateFolder(Path root) {
  private static final String VERSION = "1";
  private static final String VERSION_FILE = "version";

  /** May be there before the folder is a state folder: what commands put there on their own. */
  private static final Set<String> EARLY =
      Set.of("logs", "lock", "model-cache", "starter-model", "export");

  static final long LEAST_FREE_BYTES = 200L << 20;

  Path kafka() {
    return root.resolve("kafka");
  }

  Path s3() {
    return root.resolve("s3");
  }

  Path checkpoints() {
    return root.resolve("flink").resolve("checkpoints");
  }

  Path flinkTemp() {
    return root.resolve("flink").resolve("tmp");
  }

  Path modelCache() {
    return root.resolve("model-cache");
  }

  /** What is known of the processes of a stack that is spread over several. */
  Path processes() {
    return root.resolve("processes");
  }

  /** Where the log of one of them is. */
  Path logs() {
    return root.resolve("logs");
  }

  Path log() {
    return logs().resolve("chitra.log");
  }

  Path lock() {
    return root.resolve("lock");
  }

  Path clients() {
    return root.resolve("clients");
  }

  Path stackFile() {
    return root.resolve("stack.json");
  }

  private Path version() {
    return root.resolve(VERSION_FILE);
  }

  /**
   * Opens the folder, which is made when missing; refuses one that cannot become a state folder.
   */
  static StateFolder open(Path root) throws MachineException {
    StateFolder folder = look(root);
    try {
      Folders.createPrivately(root);
      return folder;
    } catch (IOException e) {
      throw folder.refused(Failures.why(e));
    }
  }

  /** Likewise, without making anything. */
  static StateFolder look(Path root) throws MachineException {
    StateFolder folder = new StateFolder(root);
    if (root.toString().contains(",") || root.toString().contains(File.pathSeparator)) {
      throw folder.refused("Kafka and Flink take no path with a comma or " + File.pathSeparator);
    }
    if (Files.exists(root)) {
      folder.check();
    }
    return folder;
  }

  /** Makes the folder a state folder of this version, where it is none yet; with the lock held. */
  void claim() throws MachineException {
    check();
    try {
      long free = Files.getFileStore(root).getUsableSpace();
      if (free < LEAST_FREE_BYTES) {
        throw refused(
            "its disk has %d MB left, %d MB are needed; free some space or choose another folder with --state"
                .formatted(free >> 20, LEAST_FREE_BYTES >> 20));
      }
      if (!Files.exists(version())) {
        Folders.writePrivately(version(), VERSION + "\n");
      }
    } catch (IOException e) {
      throw refused(Failures.why(e));
    }
  }

  private void check() throws MachineException {
    try {
      if (!Files.isDirectory(root)) {
        throw refused("it is a file; choose a folder with --state");
      }
      if (!Files.isWritable(root)) {
        throw refused("it cannot be written to; choose another one with --state");
      }
      if (Files.exists(version())) {
        checkVersion();
      } else {
        checkEmpty();
      }
    } catch (IOException e) {
      throw refused(Failures.why(e));
    }
  }

  private void checkVersion() throws IOException, MachineException {
    String found = Files.readString(version()).strip();
    if (!found.equals(VERSION)) {
      throw refused(
          "it was made by another version of Chitra (state %s, this one makes %s); choose another folder with --state"
              .formatted(found, VERSION));
    }
  }

  private void checkEmpty() throws IOException, MachineException {
    try (Stream<Path> entries = Files.list(root)) {
      List<String> foreign =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !EARLY.contains(name) && !name.startsWith(VERSION_FILE))
              .sorted()
              .limit(3)
              .toList();
      if (!foreign.isEmpty()) {
        throw refused(
            "it holds other things (%s, ...); choose an empty or a new folder with --state"
                .formatted(String.join(", ", foreign)));
      }
    }
  }

  private MachineException refused(String why) {
    return new MachineException("Cannot use state folder " + root + ": " + why);
  }
}
