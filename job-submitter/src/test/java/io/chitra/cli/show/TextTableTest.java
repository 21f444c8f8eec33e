package io.chitra.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

  private static final Screen PIPE = new Screen(false, 40, false);

  @Test
  void numbersStandToTheRightBelowTheirHeader() {
    TextTable table = new TextTable("dataset", "asked").row("a", 5).row("weather", 12_345L);

    assertEquals(
        List.of("dataset   asked", "a             5", "weather  12,345"), table.lines(PIPE));
  }

  @Test
  void isCutToTheTerminalAtItsWidestColumn() {
    TextTable table = new TextTable().row("name", "x".repeat(100), 7);

    List<String> lines = table.lines(new Screen(true, 40, false));

    assertEquals("name  " + "x".repeat(30) + "…  7", lines.get(0));
    assertEquals(40, DisplayWidth.of(lines.get(0)));
  }

  @Test
  void isNotCutInAPipe() {
    assertEquals(List.of("x".repeat(100)), new TextTable().row("x".repeat(100)).lines(PIPE));
  }

  @Test
  void wideCharactersKeepColumnsInLine() {
    assertEquals(List.of("猫   1", "cat  2"), new TextTable().row("猫", 1).row("cat", 2).lines(PIPE));
  }

  @Test
  void coloursAreOnlyWhereTheScreenShowsThem() {
    TextTable table = new TextTable().row(Style.BAD, "problem", "disk");

    assertTrue(table.lines(new Screen(true, 40, true)).get(0).contains("\u001b[31mproblem"));
    assertEquals(List.of("problem  disk"), table.lines(PIPE));
  }

  @Test
  void aTableWithoutRowsShowsItsHeaders() {
    assertEquals(List.of("a  b"), new TextTable("a", "b").lines(PIPE));
  }
}
