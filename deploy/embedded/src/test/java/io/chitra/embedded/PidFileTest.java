package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
  @TempDir Path folder;

  @Test
  void namesAProcessWhileThatRuns() throws Exception {
    PidFile file = new PidFile(folder.resolve("some.pid"));
    assertEquals(Optional.empty(), file.running());
    Process process = new ProcessBuilder("sleep", "600").start();
    try {
      file.write(process.toHandle());
      assertEquals(Optional.of(process.toHandle()), file.running());
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertEquals(Optional.empty(), file.running());
  }

  @Test
  void aProcessThatHasGotTheNumberSinceIsAnother() throws Exception {
    Path path = folder.resolve("some.pid");
    PidFile file = new PidFile(path);
    file.write(ProcessHandle.current());
    Files.writeString(path, ProcessHandle.current().pid() + "\n2001-01-01T00:00:00Z\n");
    assertEquals(Optional.empty(), file.running());
    Files.writeString(path, "half");
    assertEquals(Optional.empty(), file.running());
  }
}
