package io.chitra.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {

  @Test
  void aShareOfThePicturesIsPickedTheSameEachTime() {
    Set<Integer> picked = picked(Sample.parse("10%", 0));

    assertTrue(picked.size() > 800 && picked.size() < 1200, "picked " + picked.size());
    assertEquals(picked, picked(Sample.parse("10%", 0)));
    assertNotEquals(picked, picked(Sample.parse("10%", 1)));
    assertTrue(picked(Sample.parse("20%", 0)).containsAll(picked), "a larger one has the smaller");
    assertEquals(10_000, picked(Sample.parse("100%", 0)).size());
  }

  private static Set<Integer> picked(Sample sample) {
    return IntStream.range(0, 10_000)
        .filter(index -> sample.picks("cat-7", index))
        .boxed()
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0%", "101%", "1", "-1%", "a%", ""})
  void whatIsNoShareIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Sample.parse(text, 0));
  }
}
