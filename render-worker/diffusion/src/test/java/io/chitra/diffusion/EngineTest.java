package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.image.RgbImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {

  private static final EngineOptions OPTIONS = Engines.options();

  /**
   * Pictures that share batches with others: of several lengths, schedulers, guidances and sizes.
   */
  private static List<RenderRequest> mixed() {
    return List.of(
        Requests.of("a red car", null, 3, 7, "DPMSolverMultistepScheduler", 1, 256, 256),
        Requests.of("pizza", null, 2, 1, "EulerDiscreteScheduler", 2, 256, 256),
        Requests.of("নীল বিড়াল", "flat style", 4, 4, "DDIMScheduler", 3, 256, 256),
        Requests.of("a house", null, 1, 5, "EulerDiscreteScheduler", 4, 192, 256),
        Requests.of("a tree", null, 2, 3, "DDIMScheduler", 5, 256, 256));
  }

  @Test
  void picturesInMixedCompanyEqualPicturesAlone() throws Exception {
    Engines.assumeCpu(); // on a GPU the number of rows is part of the environment class
    ModelFolder model = ModelFolder.open(Golden.starterModel());
    List<String> alone = new ArrayList<>();
    try (Engine engine = Engine.start(OPTIONS.withThreads(1).withRows(2))) {
      for (RenderRequest request : mixed()) {
        alone.add(engine.render(ModelSetup.of(model), request).get().pixelSha256());
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
    List<RenderRequest> requests = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      RenderRequest request = Requests.withSteps(Requests.tiny(i), 1 + i % 5);
      request = Requests.withGuidance(request, i % 3 == 0 ? 1 : 4);
      request = i % 4 == 0 ? Requests.withScheduler(request, "EulerDiscreteScheduler") : request;
      requests.add(i % 7 == 0 ? Requests.withSize(request, 24, 16) : request);
    }
    List<String> alone = new ArrayList<>();
    try (Engine engine = Engine.start(OPTIONS.withRows(2))) {
      for (RenderRequest request : requests) {
        alone.add(engine.render(ModelSetup.of(model), request).get().pixelSha256());
      }
    }
    try (Engine engine = Engine.start(OPTIONS.withRows(9))) {
      assertEquals(alone, hashes(engine, model, requests));
    }
    assertEquals(requests.size(), alone.stream().distinct().count());
  }

  private static List<String> hashes(Engine engine, ModelFolder model, List<RenderRequest> requests)
      throws Exception {
    List<CompletableFuture<Picture>> together = new ArrayList<>();
    for (RenderRequest request : requests) {
      together.add(engine.render(ModelSetup.of(model), request));
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
              ModelSetup.of(steps),
              Requests.withSteps(Requests.withSize(Requests.tiny(0), 1024, 1024), 900));
      engine.render(ModelSetup.of(half), Requests.tiny(1)).get(60, TimeUnit.SECONDS);
      engine.render(ModelSetup.of(steps), Requests.tiny(2)).get(60, TimeUnit.SECONDS);
      assertFalse(endless.isDone());
      endless.cancel(false);
      engine
          .render(ModelSetup.of(steps), Requests.withSize(Requests.tiny(3), 1024, 1024))
          .get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void modelsBeyondTheBoundAreClosedAndLoadedAgain() throws Exception {
    ModelFolder steps = ModelFolder.open(Folders.tiny("steps"));
    ModelFolder half = ModelFolder.open(Folders.tiny("half-scalar"));
    try (Engine engine = Engine.start(OPTIONS.withMaxModelBytes(0))) {
      String first = engine.render(ModelSetup.of(steps), Requests.tiny(1)).get().pixelSha256();
      assertNotEquals(
          first, engine.render(ModelSetup.of(half), Requests.tiny(1)).get().pixelSha256());
      assertEquals(
          first, engine.render(ModelSetup.of(steps), Requests.tiny(1)).get().pixelSha256());
    }
  }

  @Test
  void promptsBeyondTheirCacheAreEncodedAgain() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    try (Engine engine = Engine.start(OPTIONS.withMaxPromptEncodings(1))) {
      String first = engine.render(ModelSetup.of(model), Requests.tiny(1)).get().pixelSha256();
      RenderRequest other = Requests.withPrompt(Requests.tiny(1), "a dog");
      assertNotEquals(first, engine.render(ModelSetup.of(model), other).get().pixelSha256());
      assertEquals(
          first, engine.render(ModelSetup.of(model), Requests.tiny(1)).get().pixelSha256());
    }
  }

  @Test
  void aMissingNegativePromptIsAnEmptyOne() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    try (Engine engine = Engine.start(OPTIONS)) {
      RenderRequest empty = Requests.of("a cat", "", 4, 5, "DDIMScheduler", 1, 16, 16);
      RenderRequest dog = Requests.of("a cat", "dog", 4, 5, "DDIMScheduler", 1, 16, 16);
      String without = engine.render(ModelSetup.of(model), Requests.tiny(1)).get().pixelSha256();
      assertEquals(without, engine.render(ModelSetup.of(model), empty).get().pixelSha256());
      assertNotEquals(without, engine.render(ModelSetup.of(model), dog).get().pixelSha256());
    }
  }

  @Test
  void tellsTheEndsOfPromptsThatAreTooLong() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    try (Engine engine = Engine.start(OPTIONS)) {
      Picture picture =
          engine
              .render(
                  ModelSetup.of(model),
                  Requests.of("cat", "eleven signs", 1, 2, "DDIMScheduler", 1, 16, 16))
              .get();
      assertNull(picture.promptTruncated());
      assertEquals("s", picture.negativePromptTruncated());
    }
  }

  @Test
  void refusesWhatNoModelCanRender() throws Exception {
    ModelFolder model = ModelFolder.open(Folders.tiny("steps"));
    RenderRequest good = Requests.tiny(1);
    try (Engine engine = Engine.start(OPTIONS)) {
      assertRefused(
          engine, model, Requests.withSize(good, 17, 16), "width 17 must be a multiple of 2");
      assertRefused(engine, model, Requests.withSize(good, 16, 0), "height 0");
      assertRefused(engine, model, Requests.withSize(good, 16, -4), "height -4");
      assertRefused(engine, model, Requests.withSize(good, 400_000, 400_000), "400000 x 400000");
      assertRefused(engine, model, Requests.withSteps(good, 0), "num_inference_steps is 0");
      assertRefused(
          engine,
          model,
          Requests.withSteps(good, 1001),
          "the model was trained with 1000 timesteps");
      assertRefused(
          engine, model, Requests.withGuidance(good, Double.NaN), "guidance_scale is NaN");
      assertRefused(engine, model, Requests.withSeed(good, 1L << 32), "seed is 4294967296");
      assertRefused(engine, model, Requests.withSeed(good, -1), "seed is -1");
      assertRefused(
          engine,
          model,
          Requests.withScheduler(good, "euler"),
          "the engine has DDIMScheduler, DPMSolverMultistepScheduler");
      assertEquals(768, engine.render(ModelSetup.of(model), good).get().rgb().length);
    }
  }

  private static void assertRefused(
      Engine engine, ModelFolder model, RenderRequest request, String why) {
    DiffusionException failure = Requests.failure(engine.render(ModelSetup.of(model), request));
    assertTrue(failure.permanent(), failure.toString());
    assertTrue(String.valueOf(failure.getMessage()).contains(why), failure.toString());
  }

  @Test
  void anotherModelsVaeDecodes() throws Exception {
    Path layouts = Path.of("src/test/resources/golden/layouts/models");
    ModelFolder model = ModelFolder.open(layouts.resolve("sd1"));
    ModelFolder other = ModelFolder.open(layouts.resolve("inpaint"));
    RenderRequest request = Requests.withSize(Requests.tiny(1), 32, 32);
    try (Engine engine = Engine.start(OPTIONS)) {
      String own = engine.render(ModelSetup.of(model), request).get().pixelSha256();
      ModelSetup swapped = new ModelSetup(model, other.vae(), List.of());
      assertNotEquals(own, engine.render(swapped, request).get().pixelSha256());
      ModelSetup same = new ModelSetup(model, VaeFolder.open(layouts.resolve("sd1")), List.of());
      assertEquals(own, engine.render(same, request).get().pixelSha256());

      VaeFolder wide = VaeFolder.open(layouts.resolve("wide"));
      DiffusionException failure =
          Requests.failure(engine.render(new ModelSetup(model, wide, List.of()), request));
      assertTrue(failure.permanent());
      assertTrue(failure.toString().contains("8 latent channels, the UNet 4"), failure.toString());
    }
  }

  @Test
  void aFilmstripGoesFromNoiseToTheResult() throws Exception {
    ModelSetup model = ModelSetup.of(ModelFolder.open(Folders.tiny("steps")));
    RenderRequest request = Requests.withSteps(Requests.tiny(1), 6);
    try (Engine engine = Engine.start(OPTIONS)) {
      byte[] result = engine.render(model, request).get().rgb();
      List<RgbImage> strip = engine.filmstrip(model, request, 4).get();
      assertEquals(4, strip.size());
      assertArrayEquals(result, strip.get(3).rgb());
      RenderRequest otherPrompt = Requests.withPrompt(request, "a dog");
      List<RgbImage> other = engine.filmstrip(model, otherPrompt, 4).get();
      assertArrayEquals(strip.get(0).rgb(), other.get(0).rgb(), "equal seeds start alike");
      assertFalse(Arrays.equals(strip.get(3).rgb(), other.get(3).rgb()));
      assertEquals(7, engine.filmstrip(model, request, 100).get().size());
    }
  }

  @Test
  void whenARunFailsEachPictureIsTriedAlone() throws Exception {
    Engines.assumeCpu(); // on a GPU every run has all rows, and this model takes one
    ModelFolder model = ModelFolder.open(Folders.tiny("one-row"));
    RenderRequest oneRow = Requests.withGuidance(Requests.tiny(1), 1);
    try (Engine engine = Engine.start(OPTIONS.withThreads(1))) {
      CompletableFuture<Picture> first = engine.render(ModelSetup.of(model), oneRow);
      CompletableFuture<Picture> twoRows = engine.render(ModelSetup.of(model), Requests.tiny(2));
      CompletableFuture<Picture> last =
          engine.render(ModelSetup.of(model), Requests.withSeed(oneRow, 3));

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
              ModelSetup.of(model),
              Requests.withSteps(Requests.withSize(Requests.tiny(i), 512, 512), 900)));
    }
    engine.close();
    futures.add(engine.render(ModelSetup.of(model), Requests.tiny(1)));
    for (CompletableFuture<Picture> future : futures) {
      DiffusionException failure = Requests.failure(future);
      assertFalse(failure.permanent());
      assertTrue(failure.toString().contains("closed"), failure.toString());
    }
  }

  @Test
  void tellsItsEnvironment() throws Exception {
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
