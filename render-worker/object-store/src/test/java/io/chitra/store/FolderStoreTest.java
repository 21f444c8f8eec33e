package io.chitra.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest {

  @TempDir private Path folder;
  private Path root;
  private FolderStore store;

  @BeforeEach
  void open() throws Exception {
    root = Files.createDirectory(folder.resolve("bucket"));
    store = new FolderStore(root);
    for (String key : List.of("jobs/b.avro", "jobs/a-1/x.avro", "jobs/a/x.avro", "other")) {
      Path file = root.resolve(key);
      Files.createDirectories(file.getParent());
      Files.writeString(file, key);
    }
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return Objects.requireNonNull(assertThrows(CompletionException.class, future::join).getCause());
  }

  @Test
  void readsWhatIsThere() throws Exception {
    assertArrayEquals("other".getBytes(UTF_8), store.get("other").join());
    StoredObject seen = store.head("jobs/b.avro").join().orElseThrow();
    assertEquals("jobs/b.avro", seen.key());
    assertEquals(11, seen.length());
    Path copy = folder.resolve("copy");
    Files.writeString(copy, "before");
    store.download("jobs/b.avro", copy).join();
    assertEquals("jobs/b.avro", Files.readString(copy));
    assertEquals(root + "/jobs/b.avro", store.address("jobs/b.avro"));
  }

  @Test
  void whatIsNotThereIsTold() {
    assertEquals(Optional.empty(), store.head("jobs").join(), "a folder is no object");
    assertInstanceOf(NoSuchObjectException.class, failure(store.get("none")));
    assertInstanceOf(
        NoSuchObjectException.class, failure(store.download("none", folder.resolve("copy"))));
    assertFalse(Files.exists(folder.resolve("copy")));
    assertThrows(StoreException.class, () -> new FolderStore(folder.resolve("none")));
  }

  @Test
  void nothingOutsideIsRead() throws Exception {
    Files.writeString(folder.resolve("secret"), "secret");

    StoreException refused = (StoreException) failure(store.get("../secret"));
    assertTrue(refused.permanent(), refused.getMessage());
  }

  @Test
  void keysAreListedAsABucketListsThem() {
    List<String> keys = new ArrayList<>();
    store.list("jobs/").forEach(keys::add);

    assertEquals(List.of("jobs/a-1/x.avro", "jobs/a/x.avro", "jobs/b.avro"), keys);
    assertFalse(store.list("none/").iterator().hasNext());
  }

  @Test
  void nothingIsChanged() {
    StoreException refused =
        (StoreException) failure(store.put("other", new byte[1], "text/plain", Map.of()));
    assertTrue(refused.permanent(), refused.getMessage());
    failure(store.delete("other"));
    failure(store.putIfAbsent("new", new byte[1], "text/plain", Map.of()));

    assertArrayEquals("other".getBytes(UTF_8), store.get("other").join());
    assertEquals(Optional.empty(), store.head("new").join());
  }
}
