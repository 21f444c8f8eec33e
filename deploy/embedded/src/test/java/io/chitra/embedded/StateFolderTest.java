package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.MachineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  @TempDir Path temp;

  @Test
  void newFolderIsMadeForItsOwnerAndClaimed() throws Exception {
    Path root = temp.resolve("a/b/state");
    StateFolder.open(root).claim();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root)));
    StateFolder.open(root).claim();
  }

  @Test
  void lookingMakesNothing() throws Exception {
    Path root = temp.resolve("state");
    StateFolder.look(root);
    assertFalse(Files.exists(root));
  }

  @Test
  void whatCommandsPutThereEarlyIsNotForeign() throws Exception {
    Path root = temp.resolve("state");
    Files.createDirectories(root.resolve("logs"));
    Files.createDirectories(root.resolve("starter-model"));
    StateFolder.open(root).claim();
  }

  @Test
  void folderWithOtherThingsIsRefused() throws Exception {
    Files.writeString(temp.resolve("thesis.tex"), "dear to someone");
    assertRefused(temp, "it holds other things (thesis.tex, ...)");
  }

  @Test
  void folderOfAnotherVersionIsRefused() throws Exception {
    Files.writeString(temp.resolve("version"), "2\n");
    assertRefused(temp, "another version of Chitra (state 2, this one makes 1)");
  }

  @Test
  void fileIsRefused() throws Exception {
    Path file = Files.writeString(temp.resolve("state"), "");
    assertRefused(file, "it is a file");
  }

  @Test
  void folderInAFileIsRefused() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "");
    assertRefused(file.resolve("state"), "Cannot use state folder");
  }

  @Test
  void pathThatServersWouldSplitIsRefused() {
    assertRefused(temp.resolve("a,b"), "no path with a comma");
  }

  private static void assertRefused(Path root, String why) {
    MachineException e = assertThrows(MachineException.class, () -> StateFolder.open(root).claim());
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("Cannot use state folder " + root), message);
    assertTrue(message.contains(why), message);
  }
}
