package io.chitra.embedded.bench;

import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.PushListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A model of configuration alone: all that the plan looks at. */
public final class StubModel {

  private static final Map<String, String> FILES =
      Map.of(
          "model_index.json", "{\"_class_name\": \"StableDiffusionPipeline\"}",
          "unet/config.json", "{\"block_out_channels\": [1, 2, 3], \"sample_size\": 32}",
          "vae_decoder/config.json", "{\"block_out_channels\": [1, 2, 3, 4]}",
          "scheduler/scheduler_config.json", "{\"_class_name\": \"DDIMScheduler\"}");

  private StubModel() {}

  /**
   * Puts it into a store.
   *
   * @param folder for its files
   * @return its digest
   */
  public static String push(ObjectStore store, Path folder) throws IOException {
    return new ModelRepository(store, folder.resolve("model-cache"), Long.MAX_VALUE)
        .push(write(folder.resolve("stub-model")), PushListener.NONE);
  }

  /**
   * Writes its files.
   *
   * @param model the folder that holds them; made where it is missing
   * @return the same
   */
  public static Path write(Path model) throws IOException {
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path path = model.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return model;
  }
}
