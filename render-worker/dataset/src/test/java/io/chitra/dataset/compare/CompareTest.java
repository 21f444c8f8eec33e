package io.chitra.dataset.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chitra.dataset.compare.Verdict.Change;
import io.chitra.dataset.compare.Verdict.Drift;
import io.chitra.dataset.compare.Verdict.FieldFault;
import io.chitra.dataset.compare.Verdict.ObjectFault;
import io.chitra.dataset.compare.Verdict.Outcome;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompareTest {

  private static final Drift DRIFT =
      new Drift(31.5, "ab", new TreeMap<>(Map.of("device", new Change("cpu", null))));

  @Test
  void psnrIsThatOfItsDefinition() {
    byte[] one = {0, 0, 0, 0};
    assertEquals(Double.POSITIVE_INFINITY, Psnr.of(one, one.clone()));
    assertEquals(48.1308, Psnr.of(one, new byte[] {1, 1, 1, 1}), 1e-4);
    assertEquals(0.0, Psnr.of(one, new byte[] {-1, -1, -1, -1}), 1e-12);
    assertEquals(54.1514, Psnr.of(one, new byte[] {1, 0, 0, 0}), 1e-4);
    assertThrows(IllegalArgumentException.class, () -> Psnr.of(one, new byte[3]));
  }

  @Test
  void theWorstIsSaidOfAPicture() {
    ObjectFault missing = new ObjectFault(null, null);
    FieldFault field = new FieldFault("seed", "1", "2");

    assertEquals(Outcome.MISSING, verdict(missing, List.of(field), "no", DRIFT).outcome());
    assertEquals(
        Outcome.DAMAGED, verdict(new ObjectFault(1L, "a"), List.of(field), null, null).outcome());
    assertEquals(Outcome.WRONG_RECORD, verdict(null, List.of(field), "no", DRIFT).outcome());
    assertEquals(Outcome.NOT_RENDERED, verdict(null, List.of(), "no", null).outcome());
    assertEquals(Outcome.DRIFTED, verdict(null, List.of(), null, DRIFT).outcome());
    assertEquals(Outcome.EQUAL, verdict(null, List.of(), null, null).outcome());
  }

  @Test
  void verdictsTravelAsJson() throws Exception {
    Verdict verdict =
        verdict(new ObjectFault(3L, "cd"), List.of(new FieldFault("seed", "1", "2")), "no", DRIFT);
    assertEquals(verdict, Verdict.parse(verdict.toJson()));
    Verdict equal = verdict(null, List.of(), null, null);
    assertEquals(equal, Verdict.parse(equal.toJson()));
  }

  private static Verdict verdict(
      @Nullable ObjectFault object,
      List<FieldFault> fields,
      @Nullable String failure,
      @Nullable Drift drift) {
    return new Verdict(7, object, fields, failure, drift);
  }
}
