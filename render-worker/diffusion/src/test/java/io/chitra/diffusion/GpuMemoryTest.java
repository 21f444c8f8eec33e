package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * An engine whose GPU has no memory for its rows goes on with fewer of them, in the environment
 * class of an engine that was started with so many. The pictures are as large as it takes.
 */
class GpuMemoryTest {

  private static final int LARGEST_SIDE = 4096;

  @Test
  void goesOnWithFewerRowsAndThePicturesAreThoseOfFewerRows() throws Exception {
    Engines.assumeGpu();
    ModelSetup model = ModelSetup.of(ModelFolder.open(Golden.starterModel()));
    int side = 512;
    int fit = RowProbe.rows(Engines.options(), model, side, side);
    while (fit == RowProbe.MOST_ROWS && side < LARGEST_SIDE) {
      side *= 2;
      fit = RowProbe.rows(Engines.options(), model, side, side);
    }
    assertTrue(fit < RowProbe.MOST_ROWS, "%d rows at %d pixels".formatted(fit, side));

    Rendered few = render(model, fit, side);
    assertEquals(0, few.outOfMemory());
    Rendered all = render(model, RowProbe.MOST_ROWS, side);
    assertTrue(all.outOfMemory() >= 1, all.toString());
    assertEquals(few.withOutOfMemory(all.outOfMemory()), all);
  }

  /** What came, on how many rows at the end, in which environment classes. */
  private record Rendered(
      List<String> pictures, List<String> environmentClasses, int rows, long outOfMemory) {

    Rendered withOutOfMemory(long other) {
      return new Rendered(pictures, environmentClasses, rows, other);
    }
  }

  private static Rendered render(ModelSetup model, int rows, int side) throws Exception {
    try (Engine engine = Engine.start(Engines.options().withRows(rows))) {
      List<CompletableFuture<Picture>> futures = new ArrayList<>();
      for (int seed = 0; seed < RowProbe.MOST_ROWS / 2; seed++) {
        futures.add(
            engine.render(
                model, Requests.of("a red car", "", 2, 4, "DDIMScheduler", seed, side, side)));
      }
      List<String> pictures = new ArrayList<>();
      List<String> environmentClasses = new ArrayList<>();
      for (CompletableFuture<Picture> future : futures) {
        Picture picture = future.get();
        pictures.add(picture.pixelSha256());
        environmentClasses.add(picture.environment().environmentClass());
      }
      return new Rendered(
          pictures, environmentClasses, engine.stats().rows(), engine.stats().outOfMemory());
    }
  }
}
