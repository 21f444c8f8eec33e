package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PreparationTest {

  /** Prepares orders of two models by turns, with memory for one of them; seeds tell the order. */
  private static List<Long> prepared(int orders) throws Exception {
    ModelSetup one = ModelSetup.of(ModelFolder.open(Folders.tiny("steps")));
    ModelSetup two = ModelSetup.of(ModelFolder.open(Folders.tiny("half-scalar")));
    List<Long> seeds = new ArrayList<>();
    List<ModelSetup> inMemory = new ArrayList<>();
    CountDownLatch left = new CountDownLatch(orders);
    try (Preparation preparation =
        new Preparation(
            order -> inMemory.contains(order.model()),
            order -> {
              inMemory.clear();
              inMemory.add(order.model());
              seeds.add(order.request().seed());
              left.countDown();
            })) {
      for (int i = 0; i < orders; i++) {
        ModelSetup model = i % 2 == 0 ? one : two;
        preparation.add(new Order(model, Requests.tiny(i), null, new Counters()));
      }
      preparation.start();
      left.await();
    }
    return seeds;
  }

  @Test
  void modelsAreNotSwappedForEachPicture() throws Exception {
    assertEquals(List.of(0L, 2L, 4L, 1L, 3L, 5L), prepared(6));
  }

  @Test
  void noOrderIsPassedForEver() throws Exception {
    List<Long> seeds = prepared(400);
    assertEquals(400, seeds.stream().distinct().count());
    assertEquals(1 + 64, seeds.indexOf(1L));
    assertTrue(seeds.indexOf(3L) > seeds.indexOf(1L));
  }

  @Test
  void whatIsLeftFailsForALaterTry() throws Exception {
    Preparation preparation = new Preparation(order -> true, order -> {});
    ModelSetup model = ModelSetup.of(ModelFolder.open(Folders.tiny("steps")));
    Order before = new Order(model, Requests.tiny(1), null, new Counters());
    Order after = new Order(model, Requests.tiny(2), null, new Counters());
    preparation.add(before);
    preparation.close();
    preparation.add(after);
    for (Order order : List.of(before, after)) {
      DiffusionException failure = Requests.failure(order.future());
      assertTrue(failure.toString().contains("closed"), failure.toString());
    }
  }
}
