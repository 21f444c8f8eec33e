package io.chitra.worker.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.DatasetRow;
import io.chitra.store.ForwardingObjectStore;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.worker.export.Pictures.Fetched;
import io.chitra.worker.export.Pictures.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fetching ahead, from a store that answers when the test says so. */
class PicturesTest {

  private final HeldStore store = new HeldStore();
  private final List<DatasetRow> rows = new ArrayList<>();

  /** Holds each answer back until it is given. */
  private static final class HeldStore extends ForwardingObjectStore {
    private final Map<String, CompletableFuture<byte[]>> asked = new ConcurrentHashMap<>();

    HeldStore() {
      super(nobody());
    }

    private static ObjectStore nobody() {
      return S3ObjectStore.open(StoreConfig.aws("us-east-1", "none"));
    }

    @Override
    public CompletableFuture<byte[]> get(String key) {
      return asked.computeIfAbsent(key, k -> new CompletableFuture<>());
    }

    void give(int picture, byte[] file) {
      get("images/fox-" + picture + ".png").complete(file);
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] file(int picture) {
    return ("picture " + picture).getBytes(UTF_8);
  }

  private Pictures pictures(int count, Window window) {
    for (int i = 0; i < count; i++) {
      rows.add(new DatasetRow(Records.of("fox", i, file(i)).build(), 0, i, null));
    }
    return new Pictures(store, rows.iterator(), window);
  }

  @Test
  void theyComeInOrderHoweverTheyAreAnswered() throws Exception {
    try (Pictures pictures = pictures(5, new Window(3, 1 << 20))) {
      for (int i = 4; i >= 0; i--) {
        store.give(i, file(i));
      }
      for (int i = 0; i < 5; i++) {
        Fetched fetched = pictures.next().orElseThrow();
        assertArrayEquals(file(i), fetched.file());
        assertEquals(i, fetched.row().record().getImageIndex());
      }
      assertEquals(Optional.empty(), pictures.next());
    }
  }

  @Test
  void noMoreAreAskedForThanTheWindowHolds() throws Exception {
    try (Pictures pictures = pictures(10, new Window(3, 1 << 20))) {
      store.give(0, file(0));
      pictures.next();
      assertEquals(3, store.asked.size());
    }
    rows.clear();
    store.asked.clear();
    store.give(0, file(0));
    try (Pictures pictures = pictures(10, new Window(8, 20))) {
      pictures.next();
      assertEquals(3, store.asked.size(), "9 bytes each, and no more once there are 20");
    }
  }

  @Test
  void otherBytesThanTheRecordSaysAreRefused() {
    try (Pictures pictures = pictures(2, new Window(2, 1 << 20))) {
      store.give(0, file(1));
      DamagedPictureException failure = assertThrows(DamagedPictureException.class, pictures::next);
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("images/fox-0.png has the SHA-256"), message);
      assertTrue(message.contains("picture 0 of job fox"), message);
    }
  }
}
