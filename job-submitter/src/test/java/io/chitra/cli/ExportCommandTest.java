package io.chitra.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ExportCommandTest {

  @Test
  void sizesAreInPowersOf1024() {
    assertEquals(512L << 20, ExportCommand.bytes("512MiB"));
    assertEquals(2L << 30, ExportCommand.bytes("2G"));
    assertEquals(3L << 10, ExportCommand.bytes("3 kb"));
    assertEquals(1_000_000, ExportCommand.bytes("1000000"));
    assertEquals(7, ExportCommand.bytes("7 B"));
    for (String text : new String[] {"", "1.5G", "G", "12 apples", "-1"}) {
      assertThrows(IllegalArgumentException.class, () -> ExportCommand.bytes(text), text);
    }
  }
}
