package io.chitra.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {

  private static final Screen PIPE = new Screen(false, 80, false);

  private final Failures failures = new Failures();

  @Test
  void areGroupedByReasonTheMostFrequentFirst() {
    failures.add("no such model", "a", 1);
    failures.add("out of memory", "b", 3);
    failures.add("no such model", "c", 1);

    assertEquals(5, failures.count());
    assertEquals(
        List.of("3 x out of memory", "    b, ...", "2 x no such model", "    a, c"),
        failures.lines(PIPE));
  }

  @Test
  void reasonsAndExamplesAreBounded() {
    for (int i = 0; i < 1000; i++) {
      failures.add("reason " + i, "job-" + i, 1);
    }

    assertEquals(21, failures.groups().size());
    assertEquals(
        new Failures.Group("other reasons", 980, List.of("job-20", "job-21", "job-22")),
        failures.groups().get(0));
    assertEquals(1000, failures.count());
  }
}
