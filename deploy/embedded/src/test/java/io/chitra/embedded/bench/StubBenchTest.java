package io.chitra.embedded.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.BenchReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the reports say of a few pictures; how fast they were is not a test's matter. */
@Timeout(180)
class StubBenchTest {

  @TempDir private Path folder;

  private final AtomicLong made = new AtomicLong();

  @Test
  void theRatioIsOfPicturesToPuts() throws Exception {
    StubReport report =
        StubBench.run(new StubOptions(folder.resolve("stack"), 12, 4096), made::set);

    assertEquals(12, report.pictures());
    assertEquals(12, made.get());
    assertEquals(8, report.concurrency());
    assertTrue(report.picturesPerSecond() > 0 && report.putsPerSecond() > 0, report.toString());
    assertEquals(report.picturesPerSecond() / report.putsPerSecond(), report.ratio());
  }

  @Test
  void anExportIsComparedToGets() throws Exception {
    BenchReport.Export report =
        ExportBench.run(new StubOptions(folder.resolve("stack"), 30, 4096), made::set);

    assertEquals(30, report.pictures());
    assertEquals(30, made.get());
    assertTrue(report.picturesPerSecond() > 0 && report.getsPerSecond() > 0, report.toString());
    assertEquals(report.picturesPerSecond() / report.getsPerSecond(), report.ratio());
    assertTrue(report.peakHeapBytes() <= Runtime.getRuntime().maxMemory(), report.toString());
  }

  @Test
  void withoutAStoreToo() throws Exception {
    MillionReport report =
        MillionBench.run(new StubOptions(folder.resolve("stack"), 500, 64), made::set);

    assertEquals(500, report.records());
    assertEquals(500, made.get());
    assertTrue(report.checkpoints() > 0, report.toString());
    assertTrue(report.longestCheckpoint().compareTo(Duration.ZERO) > 0, report.toString());
    assertTrue(report.peakHeapBytes() <= Runtime.getRuntime().maxMemory(), report.toString());
  }
}
