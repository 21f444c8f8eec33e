package io.chitra.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class DuplicatesTest {

  @Test
  void findsWhatDiffersInFewBitsAlsoThroughOthers() {
    Duplicates duplicates = new Duplicates(2);
    duplicates.add(0, 0b0000);
    duplicates.add(10, -1);
    duplicates.add(20, 0b0011);
    duplicates.add(30, 0b1111);
    duplicates.add(40, 0x0f0f0f0f0f0f0f0fL);
    duplicates.add(50, -2);
    assertEquals(
        List.of(List.of(0L, 20L, 30L), List.of(10L, 50L)),
        duplicates.groups().stream().map(Duplicates.Group::positions).toList());
  }

  @Test
  void oneBitMoreIsNotNear() {
    Duplicates duplicates = new Duplicates(2);
    duplicates.add(0, 0);
    duplicates.add(1, 0b111);
    assertEquals(List.of(), duplicates.groups());
  }
}
