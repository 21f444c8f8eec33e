package io.chitra.cli.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.Sha256;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import io.chitra.store.LocalS3;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.PushListener;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between two buckets of one endpoint, each with a prefix. */
class BroughtSuppliesTest {

  @TempDir private Path folder;
  private LocalS3 s3;
  private ObjectStore archive;
  private ObjectStore objects;
  private ModelRepository archivedModels;
  private ModelRepository models;
  private BroughtSupplies supplies;

  @BeforeEach
  void open() throws Exception {
    s3 = LocalS3.start(Files.createDirectory(folder.resolve("s3")));
    archive = open("old", "of/before");
    objects = open("new", "of/now");
    archivedModels = new ModelRepository(archive, folder.resolve("cache"), Long.MAX_VALUE);
    models = new ModelRepository(objects, folder.resolve("cache"), Long.MAX_VALUE);
    supplies =
        new BroughtSupplies(
            archive,
            archivedModels,
            objects,
            new StoredSupplies(models),
            folder.resolve("scratch"));
  }

  private ObjectStore open(String bucket, String prefix) {
    StoreConfig config = s3.config();
    ObjectStore store =
        S3ObjectStore.open(
            new StoreConfig(
                config.endpoint(), config.region(), bucket, prefix, config.credentials()));
    store.ensureBucket().join();
    return store;
  }

  @AfterEach
  void close() throws IOException {
    objects.close();
    archive.close();
    s3.close();
  }

  private String pushed(ModelRepository to, String content) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model-" + content));
    Files.writeString(model.resolve("model_index.json"), content);
    return to.push(model, PushListener.NONE);
  }

  private InputFile input(String uri, String content) {
    return new InputFile(uri, Sha256.of(content.getBytes(UTF_8)));
  }

  private static RenderJob.Builder job(String model) {
    return RenderJob.newBuilder().setId("cat").setPrompt("a cat").setModelDigest(model);
  }

  private void bring() throws Exception {
    supplies.bring(model -> models.push(model, PushListener.NONE));
  }

  private List<String> keys(String prefix) {
    List<String> keys = new ArrayList<>();
    objects.list(prefix).forEach(keys::add);
    return keys;
  }

  @Test
  void modelsAndVaesComeOverOnce() throws Exception {
    String model = pushed(archivedModels, "a");
    String vae = pushed(archivedModels, "b");
    String here = pushed(models, "c");

    supplies.here(job(model).setVae(new Vae(vae, "soft")).build());
    supplies.here(job(here).build());
    assertFalse(models.has(model), "nothing is brought before all are seen");
    bring();

    assertTrue(models.has(model) && models.has(vae) && models.has(here));
    Supplies.MissingException missing =
        assertThrows(
            Supplies.MissingException.class,
            () -> supplies.here(job(model).setVae(new Vae("0".repeat(64), "none")).build()));
    assertTrue(String.valueOf(missing.getMessage()).contains("s3://old/of/before/models/"));
  }

  @Test
  void givenFilesComeToLieUnderTheirDigests() throws Exception {
    InputFile photo = input("s3://old/of/before/photos/cat.png", "photo");
    InputFile mask = input("s3://old/of/before/inputs/" + input("", "mask").getSha256(), "mask");
    InputFile web = input("https://example.org/cat.png", "web");
    InputFile lora =
        input("s3://renamed-since/" + "inputs/" + input("", "lora").getSha256(), "lora");
    archive.put("photos/cat.png", "photo".getBytes(UTF_8), "image/png", Map.of()).join();
    for (String content : List.of("mask", "lora")) {
      String key = "inputs/" + input("", content).getSha256();
      archive.put(key, content.getBytes(UTF_8), "image/png", Map.of()).join();
    }
    RenderJob job =
        job(pushed(models, "a"))
            .setImage(photo)
            .setMaskImage(mask)
            .setLoras(List.of(new Lora(lora, 0.5, "ink"), new Lora(web, 1.0, null)))
            .build();

    RenderJob moved = supplies.here(job);
    assertEquals(List.of(), keys("inputs/"));
    bring();

    for (InputFile file : List.of(photo, mask, lora)) {
      String key = "inputs/" + file.getSha256();
      assertEquals(file.getSha256(), Sha256.of(objects.get(key).join()));
      assertEquals(
          file.getSha256(), objects.head(key).join().orElseThrow().metadata().get("sha256"));
    }
    String photoKey = "inputs/" + photo.getSha256();
    assertEquals(new InputFile("s3://new/of/now/" + photoKey, photo.getSha256()), moved.getImage());
    assertEquals("image/png", objects.head(photoKey).join().orElseThrow().contentType());
    List<Lora> loras = Objects.requireNonNull(moved.getLoras());
    assertEquals("ink", loras.get(0).getName());
    assertEquals(0.5, loras.get(0).getScale());
    assertEquals(web, loras.get(1).getFile(), "the web is where it was");
    assertEquals(3, keys("inputs/").size());
    archive.delete("photos/cat.png").join();
    assertEquals(moved.getImage(), supplies.here(job).getImage(), "it is there already");
  }

  @Test
  void whatIsMissingOrAnotherIsTold() throws Exception {
    String model = pushed(models, "a");
    InputFile none = input("s3://old/of/before/photos/none.png", "none");
    Supplies.MissingException missing =
        assertThrows(
            Supplies.MissingException.class,
            () -> supplies.here(job(model).setImage(none).build()));
    assertEquals(
        "its file s3://old/of/before/photos/none.png is not in s3://old/of/before/",
        missing.getMessage());

    archive.put("photos/none.png", "other".getBytes(UTF_8), "image/png", Map.of()).join();
    supplies.here(job(model).setImage(none).build());
    IOException other = assertThrows(IOException.class, this::bring);
    assertTrue(String.valueOf(other.getMessage()).contains("photos/none.png"), other.toString());
    assertArrayEquals(new String[0], keys("inputs/").toArray());
  }
}
