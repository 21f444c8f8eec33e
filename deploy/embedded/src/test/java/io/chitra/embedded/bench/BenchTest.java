package io.chitra.embedded.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.BenchReport.BareLoop;
import io.chitra.cli.machine.BenchReport.EngineAlone;
import io.chitra.cli.machine.BenchReport.Mixed;
import io.chitra.cli.machine.BenchReport.Pipeline;
import io.chitra.cli.machine.BenchReport.Slice;
import io.chitra.cli.machine.BenchReport.Stub;
import io.chitra.cli.machine.BenchReport.Timing;
import io.chitra.cli.machine.BenchSection;
import io.chitra.cli.machine.MachineException;
import io.chitra.embedded.EmbeddedMachine;
import io.chitra.starter.StarterModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The whole benchmark in small: what it reports hangs together, however fast it was. */
@Timeout(value = 900, threadMode = ThreadMode.SEPARATE_THREAD)
class BenchTest {
  private static final int PICTURES = 3;
  private static final int MIXED_PICTURES = 40;
  private static final int STUB_BYTES = 4096;
  private static final int STUB_PICTURES = 50;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  @TempDir Path temp;

  private final Told told = new Told();

  /** What the listener was told: each measurement, and how far it came. */
  private static final class Told implements BenchListener {
    final List<String> begun = new ArrayList<>();
    final List<Long> expected = new ArrayList<>();
    final List<Long> made = new ArrayList<>();

    @Override
    public void begins(String what, long pictures) {
      begun.add(what);
      expected.add(pictures);
      made.add(0L);
    }

    @Override
    public void made(long pictures) {
      assertTrue(pictures >= made.set(made.size() - 1, pictures));
    }
  }

  @Test
  void everySectionIsMeasuredAndComparedToTheBareLoopBesideIt() throws Exception {
    BenchReport report =
        bench(
            64,
            "cpu",
            BenchSection.BARE,
            BenchSection.ENGINE,
            BenchSection.PIPELINE,
            BenchSection.MIXED,
            BenchSection.STUB);

    BareLoop bare = Objects.requireNonNull(report.bareLoop());
    assertEquals(3, bare.slices().size());
    assertTrue(Set.of(1, 2, 4).contains(bare.batch()));
    for (Slice slice : bare.slices()) {
      Timing runACore = Objects.requireNonNull(slice.runACore());
      assertEquals(roundedUp(PICTURES, bare.batch()), slice.defaultThreads().pictures());
      assertEquals(roundedUp(PICTURES, CORES), runACore.pictures());
    }

    EngineAlone engine = Objects.requireNonNull(report.engine());
    assertEquals(PICTURES, engine.timing().pictures());
    assertEquals(bare.slices().subList(0, 2), engine.beside());
    assertTrue(engine.rowOccupancy() > 0 && engine.rowOccupancy() <= 1);
    // The prompt and the empty one are encoded once each, for these and the picture before them.
    assertEquals(1 - 2.0 / (2 * (PICTURES + 1)), engine.promptCacheHitRate(), 1e-9);

    Pipeline pipeline = Objects.requireNonNull(report.pipeline());
    assertEquals(PICTURES, pipeline.timing().pictures());
    assertEquals(bare.slices().subList(1, 3), pipeline.beside());
    assertTrue(pipeline.secondsToFirstPicture() > 0);

    Mixed mixed = Objects.requireNonNull(report.mixed());
    assertEquals(MIXED_PICTURES, mixed.continuous().pictures());
    assertEquals(MIXED_PICTURES, mixed.whole().pictures());
    assertTrue(mixed.rowOccupancy() <= 1);
    assertTrue(mixed.rowOccupancy() > mixed.wholeRowOccupancy());

    Stub stub = Objects.requireNonNull(report.stub());
    assertEquals(STUB_PICTURES, stub.pictures());
    assertTrue(stub.picturesPerSecond() > 0 && stub.putsPerSecond() > 0);

    assertEquals(64, report.width());
    assertEquals(Integer.toString(CORES), report.machine().get("cores"));
    assertEquals(
        OrtEnvironment.getEnvironment().getVersion(), report.environment().get("onnxruntime"));
    assertTrue(report.peakHeapBytes() > 0);

    assertEquals(12, told.begun.size(), told.begun.toString());
    for (int i = 0; i < told.begun.size(); i++) {
      assertTrue(told.made.get(i) >= told.expected.get(i), told.begun.get(i));
    }
  }

  @Test
  void engineIsMeasuredAlone() throws Exception {
    BenchReport report = bench(64, "cpu", BenchSection.ENGINE);
    assertTrue(Objects.requireNonNull(report.engine()).ratio().isEmpty());
    assertEquals(List.of("engine alone"), told.begun);
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnythingIsMeasured() {
    MachineException size =
        assertThrows(MachineException.class, () -> bench(100, "cpu", BenchSection.BARE));
    assertEquals(
        "Cannot measure pictures of 100 x 100: the model makes multiples of 8", size.getMessage());
    MachineException device =
        assertThrows(MachineException.class, () -> bench(64, "cuda:99", BenchSection.BARE));
    assertTrue(
        String.valueOf(device.getMessage()).startsWith("Cannot use device cuda:99: "),
        device.getMessage());
    assertEquals(List.of(), told.begun);
  }

  private BenchReport bench(int side, String device, BenchSection... sections) throws Exception {
    Path model = StarterModel.unpack(temp.resolve("model"));
    return new EmbeddedMachine()
        .bench(
            new BenchOptions(
                Set.of(sections),
                model,
                PICTURES,
                STUB_PICTURES,
                STUB_BYTES,
                2,
                side,
                4,
                4,
                device),
            told);
  }

  private static long roundedUp(int pictures, int unit) {
    return (pictures + unit - 1L) / unit * unit;
  }
}
