package io.chitra.worker.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void nothingMovesACursorOrTurnsTheDirection() {
    assertEquals(
        " [31m red  2 lines  3 turned 4 half",
        Printable.of("\u001b[31m\u009bred\r\n2 lines\u2028\u00853\u202eturned\u20664\ud800half"));
  }

  @Test
  void lettersOfAllScriptsStay() {
    String text = "নীল বিড়াল \u200d 👩‍🎨 é 猫";

    assertEquals(text, Printable.of(text));
  }

  @Test
  void whatIsCutIsCutBetweenCharacters() {
    assertEquals("ab", Printable.of("ab", 2));
    assertEquals("a👩...", Printable.of("a👩b👩", 2));
  }
}
