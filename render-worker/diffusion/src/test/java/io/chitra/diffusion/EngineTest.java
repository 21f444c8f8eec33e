package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {

  private static final EngineOptions OPTIONS = EngineOptions.defaults();

  /**
   * Pictures that share batches with others: of several lengths, schedulers, guidances and sizes.
   */
  private static List<TextToImage> mixed() {
    return List.of(
        new TextToImage("a red car", null, 3, 7, "DPMSolverMultistepScheduler", 1, 256, 256),
        new TextToImage("pizza", null, 2, 1, "EulerDiscreteScheduler", 2, 256, 256),
        new TextToImage("নীল বিড়াল", "flat style", 4, 4, "DDIMScheduler", 3, 256, 256),
        new TextToImage("a house", null, 1, 5, "EulerDiscreteScheduler", 4, 192, 256),
        new TextToImage("a tree", null, 2, 3, "DDIMScheduler", 5, 256, 256));
  }

  @Test
  void picturesInMixedCompanyEqualPicturesAlone() throws Exception {
    ModelFolder model = ModelFolder.open(Golden.starterModel());
    List<String> alone = new ArrayList<>();
    try (Engine engine = Engine.start(OPTIONS.withThreads(1).withRows(2))) {
      for (TextToImage request : mixed()) {
        alone.add(engine.render(model, request).get().pixelSha256());
      }
    }
    try (Engine engine = Engine.start(OPTIONS.withThreads(2).withRows(7))) {
      assertEquals(alone, hashes(engine, model, mixed()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"half-scalar", "steps"})
  void picturesWithOneTimestepABatchEqualPicturesAlone(String name) throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny(name));
    List<TextToImage> requests = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      TextToImage request = Requests.withSteps(Requests.tiny(i), 1 + i % 5);
      request = Requests.withGuidance(request, i % 3 == 0 ? 1 : 4);
      request = i % 4 == 0 ? Requests.withScheduler(request, "EulerDiscreteScheduler") : request;
      requests.add(i % 7 == 0 ? Requests.withSize(request, 24, 16) : request);
    }
    List<String> alone = new ArrayList<>();
    try (Engine engine = Engine.start(OPTIONS.withRows(2))) {
      for (TextToImage request : requests) {
        alone.add(engine.render(model, request).get().pixelSha256());
      }
    }
    try (Engine engine = Engine.start(OPTIONS.withRows(9))) {
      assertEquals(alone, hashes(engine, model, requests));
    }
    assertEquals(requests.size(), alone.stream().distinct().count());
  }

  private static List<String> hashes(Engine engine, ModelFolder model, List<TextToImage> requests)
      throws Exception {
    List<CompletableFuture<Picture>> together = new ArrayList<>();
    for (TextToImage request : requests) {
      together.add(engine.render(model, request));
    }
    List<String> hashes = new ArrayList<>();
    for (CompletableFuture<Picture> future : together) {
      hashes.add(future.get().pixelSha256());
    }
    return hashes;
  }

  @Test
  void everyModelAndShapeHasItsTurn() throws Exception {
    ModelFolder steps = ModelFolder.open(Folders.tiny("steps"));
    ModelFolder half = ModelFolder.open(Folders.tiny("half-scalar"));
    try (Engine engine = Engine.start(OPTIONS.withRows(2))) {
      CompletableFuture<Picture> endless =
          engine.render(
              steps, Requests.withSteps(Requests.withSize(Requests.tiny(0), 1024, 1024), 900));
      engine.render(half, Requests.tiny(1)).get(60, TimeUnit.SECONDS);
      engine.render(steps, Requests.tiny(2)).get(60, TimeUnit.SECONDS);
      assertFalse(endless.isDone());
      endless.cancel(false);
      engine
          .render(steps, Requests.withSize(Requests.tiny(3), 1024, 1024))
          .get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void modelsBeyondTheBoundAreClosedAndLoadedAgain() throws Exception {
    ModelFolder steps = ModelFolder.open(Folders.tiny("steps"));
    ModelFolder half = ModelFolder.open(Folders.tiny("half-scalar"));
    try (Engine engine = Engine.start(OPTIONS.withMaxModelBytes(0))) {
      String first = engine.render(steps, Requests.tiny(1)).get().pixelSha256();
      assertNotEquals(first, engine.render(half, Requests.tiny(1)).get().pixelSha256());
      assertEquals(first, engine.render(steps, Requests.tiny(1)).get().pixelSha256());
    }
  }

  @Test
  void promptsBeyondTheirCacheAreEncodedAgain() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    try (Engine engine = Engine.start(OPTIONS.withMaxPromptEncodings(1))) {
      String first = engine.render(model, Requests.tiny(1)).get().pixelSha256();
      TextToImage other = Requests.withPrompt(Requests.tiny(1), "a dog");
      assertNotEquals(first, engine.render(model, other).get().pixelSha256());
      assertEquals(first, engine.render(model, Requests.tiny(1)).get().pixelSha256());
    }
  }

  @Test
  void aMissingNegativePromptIsAnEmptyOne() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    try (Engine engine = Engine.start(OPTIONS)) {
      TextToImage empty = new TextToImage("a cat", "", 4, 5, "DDIMScheduler", 1, 16, 16);
      TextToImage dog = new TextToImage("a cat", "dog", 4, 5, "DDIMScheduler", 1, 16, 16);
      String without = engine.render(model, Requests.tiny(1)).get().pixelSha256();
      assertEquals(without, engine.render(model, empty).get().pixelSha256());
      assertNotEquals(without, engine.render(model, dog).get().pixelSha256());
    }
  }

  @Test
  void tellsTheEndsOfPromptsThatAreTooLong() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    try (Engine engine = Engine.start(OPTIONS)) {
      Picture picture =
          engine
              .render(
                  model, new TextToImage("cat", "eleven signs", 1, 2, "DDIMScheduler", 1, 16, 16))
              .get();
      assertNull(picture.promptTruncated());
      assertEquals("s", picture.negativePromptTruncated());
    }
  }

  @Test
  void refusesWhatNoModelCanRender() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    TextToImage good = Requests.tiny(1);
    try (Engine engine = Engine.start(OPTIONS)) {
      assertRefused(
          engine, model, Requests.withSize(good, 18, 16), "width 18: it must be a multiple of 4");
      assertRefused(engine, model, Requests.withSize(good, 16, 0), "height 0");
      assertRefused(engine, model, Requests.withSize(good, 16, -4), "height -4");
      assertRefused(engine, model, Requests.withSize(good, 400_000, 400_000), "400000 x 400000");
      assertRefused(engine, model, Requests.withSteps(good, 0), "num_inference_steps 0");
      assertRefused(engine, model, Requests.withSteps(good, 1001), "trained with 1000 timesteps");
      assertRefused(engine, model, Requests.withGuidance(good, Double.NaN), "guidance_scale NaN");
      assertRefused(engine, model, Requests.withSeed(good, 1L << 32), "seed 4294967296");
      assertRefused(engine, model, Requests.withSeed(good, -1), "seed -1");
      assertRefused(
          engine,
          model,
          Requests.withScheduler(good, "euler"),
          "the engine has DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler");
      assertEquals(768, engine.render(model, good).get().rgb().length);
    }
  }

  private static void assertRefused(
      Engine engine, ModelFolder model, TextToImage request, String why) {
    DiffusionException failure = Requests.failure(engine.render(model, request));
    assertTrue(failure.permanent(), failure.toString());
    assertTrue(String.valueOf(failure.getMessage()).contains(why), failure.toString());
  }

  @Test
  void whenARunFailsEachPictureIsTriedAlone() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("one-row"));
    TextToImage oneRow = Requests.withGuidance(Requests.tiny(1), 1);
    try (Engine engine = Engine.start(OPTIONS)) {
      CompletableFuture<Picture> first = engine.render(model, oneRow);
      CompletableFuture<Picture> twoRows = engine.render(model, Requests.tiny(2));
      CompletableFuture<Picture> last = engine.render(model, Requests.withSeed(oneRow, 3));

      DiffusionException failure = Requests.failure(twoRows);
      assertTrue(failure.permanent());
      assertTrue(failure.toString().contains("Cannot run unet/model.onnx"), failure.toString());
      assertNotEquals(first.get().pixelSha256(), last.get().pixelSha256());
    }
  }

  @Test
  void closingFailsWhatIsLeftForALaterTry() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    Engine engine = Engine.start(OPTIONS);
    List<CompletableFuture<Picture>> futures = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      futures.add(
          engine.render(
              model, Requests.withSteps(Requests.withSize(Requests.tiny(i), 512, 512), 900)));
    }
    engine.close();
    futures.add(engine.render(model, Requests.tiny(1)));
    for (CompletableFuture<Picture> future : futures) {
      DiffusionException failure = Requests.failure(future);
      assertFalse(failure.permanent());
      assertTrue(failure.toString().contains("closed"), failure.toString());
    }
  }

  @Test
  void tellsItsEnvironment() {
    try (Engine engine = Engine.start(OPTIONS.withRows(8))) {
      assertEquals(4, engine.capacity());
      assertTrue(
          engine
              .environment()
              .facts()
              .keySet()
              .containsAll(
                  List.of(
                      "engine",
                      "pixel_version",
                      "onnxruntime",
                      "provider",
                      "device",
                      "optimization",
                      "precision")));
      assertTrue(engine.environment().environmentClass().matches("[0-9a-f]{12}"));
    }
  }
}
