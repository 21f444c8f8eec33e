package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FailuresTest {

  @Test
  void errorsOfTheMachineAreTemporary() {
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    DiffusionException failure = Failures.asDiffusionException(error);
    assertFalse(failure.permanent());
    assertSame(error, failure.getCause());
    assertTrue(failure.toString().contains("Java heap space"));
  }

  @Test
  void unexpectedExceptionsComeAgain() {
    assertTrue(Failures.asDiffusionException(new IllegalStateException("bug")).permanent());
  }

  @Test
  void knownFailuresStayAsTheyAre() {
    DiffusionException failure = DiffusionException.temporary("Cannot render: busy", null);
    assertSame(failure, Failures.asDiffusionException(failure));
  }
}
