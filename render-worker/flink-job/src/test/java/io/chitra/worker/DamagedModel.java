package io.chitra.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.PushListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A model of configuration alone in a store, of which a file can be damaged and mended. */
public final class DamagedModel {

  private static final String FILE = "unet/config.json";
  private static final String UNET = "{\"block_out_channels\": [1, 2, 3], \"sample_size\": 32}";

  private final ObjectStore objects;
  private final String digest;

  private DamagedModel(ObjectStore objects, String digest) {
    this.objects = objects;
    this.digest = digest;
  }

  /**
   * Pushes it; it is whole.
   *
   * @param folder with room for it
   */
  public static DamagedModel push(ObjectStore objects, Path folder) throws IOException {
    Map<String, String> files =
        Map.of(
            "model_index.json",
            "{\"_class_name\": \"StableDiffusionPipeline\"}",
            FILE,
            UNET,
            "vae_decoder/config.json",
            "{\"block_out_channels\": [1, 2, 3, 4]}",
            "scheduler/scheduler_config.json",
            "{\"_class_name\": \"DDIMScheduler\"}");
    for (var file : files.entrySet()) {
      Path path = folder.resolve("model").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    String digest =
        new ModelRepository(objects, folder.resolve("pushed"), 1L << 30)
            .push(folder.resolve("model"), PushListener.NONE);
    return new DamagedModel(objects, digest);
  }

  public String digest() {
    return digest;
  }

  public void damage() {
    put("{}");
  }

  public void mend() {
    put(UNET);
  }

  private void put(String config) {
    objects
        .put("models/" + digest + "/" + FILE, config.getBytes(UTF_8), "application/json", Map.of())
        .join();
  }
}
