package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.onnx.Device;
import io.chitra.diffusion.onnx.Lanes;
import io.chitra.diffusion.onnx.OnnxRuntime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A picture that nobody waits for any more takes nothing from the others. */
@Timeout(120)
class CancellationTest {

  private static final int MANY_STEPS = 900;

  private static ModelSetup model;

  @BeforeAll
  static void openModel() throws Exception {
    model = ModelSetup.of(ModelFolder.open(Folders.tiny("steps")));
  }

  @Test
  void itsRowsAreFreeBetweenTwoSteps() throws Exception {
    try (Engine engine = Engine.start(Engines.options().withRows(2))) {
      CompletableFuture<Picture> slow =
          engine.render(model, Requests.withSteps(Requests.tiny(0), MANY_STEPS));
      await(engine, stats -> stats.denoising() == 1 && stats.runs() > 1);
      CompletableFuture<Picture> waiting = engine.render(model, Requests.tiny(1));
      CompletableFuture<Picture> neverBegun = engine.render(model, Requests.tiny(2));
      neverBegun.cancel(false);

      slow.cancel(false);

      waiting.get();
      EngineStats stats =
          await(engine, s -> s.preparing() + s.waiting() + s.denoising() + s.decoding() == 0);
      assertTrue(stats.runs() < MANY_STEPS, stats.runs() + " runs");
      assertEquals(1, stats.pictures());
      assertEquals(0, stats.failures());
    }
  }

  @Test
  void itIsNotDecoded() throws Exception {
    Counters counters = new Counters();
    Filmstrip ofCancelled = new Filmstrip(2);
    Filmstrip ofWanted = new Filmstrip(2);
    try (Lanes lanes = new Lanes(1);
        ModelCache models =
            new ModelCache(new OnnxRuntime(new Device.Cpu(), 1), Engines.options(), counters)) {
      Bucket.Setting setting =
          new Bucket.Setting(
              2, new Environment(Map.of()), Batching.CONTINUOUS, lanes, counters, done -> {});
      Order cancelled = new Order(model, Requests.tiny(1), ofCancelled, counters);
      Order wanted = new Order(model, Requests.tiny(2), ofWanted, counters);
      try (Decoding decoding = new Decoding(1, Rendering::fail)) {
        for (Order order : List.of(cancelled, wanted)) {
          Rendering rendering = Rendering.prepare(order, models.lease(order.model()));
          rendering.start(setting);
          if (order == cancelled) {
            order.future().cancel(false);
          }
          decoding.add(rendering);
        }
        wanted.future().get();
      }
    }
    assertEquals(1, ofWanted.pictures().size());
    assertEquals(List.of(), ofCancelled.pictures());
  }

  private static EngineStats await(Engine engine, Predicate<EngineStats> condition)
      throws InterruptedException {
    while (!condition.test(engine.stats())) {
      Thread.sleep(1);
    }
    return engine.stats();
  }
}
