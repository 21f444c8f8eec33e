package io.chitra.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DisplayWidthTest {

  @Test
  void combiningMarksTakeNoColumn() {
    assertEquals(2, DisplayWidth.of("e\u0301a"));
  }

  @Test
  void eastAsianCharactersTakeTwoColumns() {
    assertEquals(6, DisplayWidth.of("猫の顔"));
  }

  @Test
  void cutTextFitsAndSaysThatItIsCut() {
    assertEquals("猫…", DisplayWidth.cut("猫の顔", 4));
    assertEquals("abc", DisplayWidth.cut("abc", 3));
    assertEquals("ab…", DisplayWidth.cut("abcd", 3));
  }

  @Test
  void cleanTextCannotMoveTheCursor() {
    assertEquals("a b [2Jc", DisplayWidth.clean("a\nb\u001b[2Jc"));
  }
}
