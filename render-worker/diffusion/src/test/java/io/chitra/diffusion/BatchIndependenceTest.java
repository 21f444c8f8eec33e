package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A picture does not depend on its batch: the same bytes alone and in any company, in any order, at
 * any place, in batches of any size, on any number of threads.
 */
class BatchIndependenceTest {

  private static final int DISTINCT = 125;
  private static final int MOST_ROWS = 17;

  private static final List<String> PROMPTS =
      List.of(
          "a red car",
          "pizza, flat style",
          "নীল বিড়াল",
          "two cats",
          "a house on a blue background");

  private static final List<String> NEGATIVE_PROMPTS = List.of("", "dog", "3d style");

  private static final List<String> SCHEDULERS =
      List.of(
          "DDIMScheduler",
          "EulerDiscreteScheduler",
          "EulerAncestralDiscreteScheduler",
          "DPMSolverMultistepScheduler",
          "UniPCMultistepScheduler");

  @Test
  void twoThousandPicturesInCompanyEqualThoseAlone() throws Exception {
    Engines.assumeCpu(); // on a GPU the number of rows is part of the environment class
    ModelSetup model = ModelSetup.of(ModelFolder.open(Golden.starterModel()));
    Random random = new Random(5);
    List<RenderRequest> requests = new ArrayList<>();
    for (int i = 0; i < DISTINCT; i++) {
      requests.add(random(random, i));
    }

    Map<RenderRequest, String> alone = new LinkedHashMap<>();
    try (Engine engine = Engine.start(Engines.options().withRows(2).withThreads(1))) {
      for (RenderRequest request : requests) {
        alone.put(request, engine.render(model, request).get().pixelSha256());
      }
    }
    assertEquals(DISTINCT, alone.values().stream().distinct().count());

    int compared = 0;
    for (int rows = 2; rows <= MOST_ROWS; rows++) {
      Collections.shuffle(requests, random);
      EngineOptions options =
          Engines.options()
              .withRows(rows)
              .withThreads(1 + random.nextInt(4))
              .withDecodeBatch(1 + random.nextInt(3));
      assertEquals(alone, together(options, model, requests), options.toString());
      compared += requests.size();
    }
    assertEquals(2000, compared);
  }

  /** Where kernels depend on the shape of a batch, they see but one. */
  @Test
  void onAGpuPicturesInCompanyEqualThoseAloneOnAsManyRows() throws Exception {
    Engines.assumeGpu();
    ModelSetup model = ModelSetup.of(ModelFolder.open(Golden.starterModel()));
    Random random = new Random(6);
    List<RenderRequest> requests = new ArrayList<>();
    for (int i = 0; i < DISTINCT; i++) {
      requests.add(random(random, i));
    }
    for (int rows : List.of(2, 3, 8, 16)) {
      EngineOptions options = Engines.options().withRows(rows);
      Map<RenderRequest, String> alone = new LinkedHashMap<>();
      try (Engine engine = Engine.start(options)) {
        for (RenderRequest request : requests) {
          alone.put(request, engine.render(model, request).get().pixelSha256());
        }
      }
      Collections.shuffle(requests, random);
      assertEquals(alone, together(options, model, requests), options.toString());
    }
  }

  private static RenderRequest random(Random random, int seed) {
    return Requests.of(
        any(random, PROMPTS),
        any(random, NEGATIVE_PROMPTS),
        1 + random.nextInt(3),
        any(random, List.of(1.0, 4.0, 7.5)),
        any(random, SCHEDULERS),
        seed,
        any(random, List.of(32, 64)),
        any(random, List.of(32, 64)));
  }

  private static <T> T any(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static Map<RenderRequest, String> together(
      EngineOptions options, ModelSetup model, List<RenderRequest> requests) throws Exception {
    try (Engine engine = Engine.start(options)) {
      Map<RenderRequest, CompletableFuture<Picture>> futures =
          requests.stream()
              .collect(Collectors.toMap(request -> request, r -> engine.render(model, r)));
      Map<RenderRequest, String> hashes = new LinkedHashMap<>();
      for (Map.Entry<RenderRequest, CompletableFuture<Picture>> picture : futures.entrySet()) {
        hashes.put(picture.getKey(), picture.getValue().get().pixelSha256());
      }
      return hashes;
    }
  }
}
