package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has rows when, and what is counted. */
@Timeout(120)
class BatchingTest {

  /** Far more than any other picture here has. */
  private static final int MANY_STEPS = 900;

  private static ModelSetup model;

  @BeforeAll
  static void openModel() throws Exception {
    model = ModelSetup.of(ModelFolder.open(Folders.tiny("steps")));
  }

  /** Of two rows. */
  private static RenderRequest guided(int seed, int steps) {
    return Requests.withSteps(Requests.withSize(Requests.tiny(seed), 1024, 1024), steps);
  }

  /** Of one row. */
  private static RenderRequest unguided(int seed, int steps) {
    return Requests.withGuidance(guided(seed, steps), 1);
  }

  private static EngineStats await(Engine engine, Predicate<EngineStats> condition)
      throws InterruptedException {
    while (!condition.test(engine.stats())) {
      Thread.sleep(1);
    }
    return engine.stats();
  }

  @Test
  void aPictureThatNeedsTwoRowsLetsOthersPassButNotForEver() throws Exception {
    try (Engine engine = Engine.start(Engines.options().withRows(3))) {
      CompletableFuture<Picture> slow = engine.render(model, guided(0, MANY_STEPS));
      await(engine, stats -> stats.denoising() == 1);
      CompletableFuture<Picture> needsTwo = engine.render(model, guided(1, 1));
      List<CompletableFuture<Picture>> passing = new ArrayList<>();
      for (int i = 0; i < 17; i++) {
        passing.add(engine.render(model, unguided(2 + i, 1)));
      }
      long runs = await(engine, stats -> stats.pictures() == 16).runs();
      EngineStats later = await(engine, stats -> stats.runs() > runs + 5);
      assertFalse(needsTwo.isDone());
      assertEquals(2, later.waiting(), "the one that needs two rows, and the one that came last");
      slow.cancel(false);
      needsTwo.get();
      for (CompletableFuture<Picture> picture : passing) {
        picture.get();
      }
    }
  }

  @Test
  void aWholeBatchTakesNoPictureUntilAllOfItAreDone() throws Exception {
    RenderRequest longest = unguided(1, 60);
    List<RenderRequest> requests =
        List.of(longest, unguided(2, 1), unguided(3, 1), unguided(4, 1), unguided(5, 1));
    List<String> continuous = new ArrayList<>();
    for (Batching batching : Batching.values()) {
      EngineOptions options = Engines.options().withRows(2).withBatching(batching);
      try (Engine engine = Engine.start(options)) {
        CompletableFuture<Picture> slow = engine.render(model, guided(0, MANY_STEPS));
        await(engine, stats -> stats.denoising() == 1);
        List<CompletableFuture<Picture>> pictures =
            requests.stream().map(request -> engine.render(model, request)).toList();
        await(engine, stats -> stats.waiting() == requests.size());
        slow.cancel(false);
        List<String> hashes = new ArrayList<>();
        for (int i = pictures.size() - 1; i >= 0; i--) {
          hashes.add(pictures.get(i).get().pixelSha256());
          if (i == requests.size() - 1) {
            assertEquals(batching == Batching.WHOLE, pictures.get(0).isDone());
          }
        }
        if (batching == Batching.CONTINUOUS) {
          continuous = hashes;
        } else {
          assertEquals(continuous, hashes);
        }
      }
    }
  }

  @Test
  void countsWhatItDoes() throws Exception {
    try (Engine engine = Engine.start(Engines.options().withRows(4))) {
      engine.render(model, guided(1, 3)).get();
      engine.render(model, unguided(2, 5)).get();
      Requests.failure(engine.render(model, Requests.withSize(guided(3, 1), 17, 16)));
      EngineStats stats = engine.stats();
      assertEquals(2, stats.pictures());
      assertEquals(1, stats.failures());
      assertEquals(8, stats.runs());
      assertEquals(3 * 2 + 5, stats.rowsRun());
      assertEquals(8 * 4, stats.rowPlaces());
      assertEquals(11.0 / 32, stats.occupancy());
      assertTrue(stats.runNanos() > 0);
      assertEquals(2, stats.promptMisses(), "the prompt and the empty one");
      assertEquals(1, stats.promptHits());
      assertEquals(1, stats.modelLoads());
      assertEquals(0, stats.modelCloses());
      assertEquals(0, stats.outOfMemory());
      assertEquals(4, stats.rows());
      assertEquals(0, stats.preparing() + stats.waiting() + stats.denoising() + stats.decoding());
    }
  }

  @Test
  void aModelThatDoesNotFitBesideOneAtWorkWaitsForIt() throws Exception {
    ModelSetup other = ModelSetup.of(ModelFolder.open(Folders.tiny("half-scalar")));
    try (Engine engine = Engine.start(Engines.options().withMaxModelBytes(0))) {
      CompletableFuture<Picture> slow = engine.render(model, guided(0, MANY_STEPS));
      await(engine, stats -> stats.denoising() == 1);
      CompletableFuture<Picture> waiting = engine.render(other, Requests.tiny(1));
      long runs = engine.stats().runs();
      EngineStats later = await(engine, stats -> stats.runs() > runs + 20);
      assertEquals(1, later.modelLoads());
      assertEquals(1, later.preparing());
      slow.cancel(false);
      waiting.get();
      assertEquals(2, engine.stats().modelLoads());
      assertEquals(2, engine.stats().modelCloses());
    }
  }
}
