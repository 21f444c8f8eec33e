package io.chitra.cli.submit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Model folders with configuration only. */
public final class TestModels {

  private TestModels() {}

  /** A model for pictures of 64 x 64 by default, in multiples of 4. */
  public static Path create(Path folder) throws IOException {
    write(folder.resolve("model_index.json"), "{\"_class_name\": \"StableDiffusionPipeline\"}");
    write(
        folder.resolve("unet/config.json"),
        "{\"sample_size\": 16, \"in_channels\": 4, \"block_out_channels\": [8, 16, 16]}");
    write(folder.resolve("vae_decoder/config.json"), "{\"block_out_channels\": [8, 8, 8]}");
    write(
        folder.resolve("scheduler/scheduler_config.json"), "{\"_class_name\": \"DDIMScheduler\"}");
    return folder;
  }

  /** A folder with nothing but a VAE of so many levels. */
  static Path createVae(Path folder, int levels) throws IOException {
    write(
        folder.resolve("vae_decoder/config.json"),
        "{\"block_out_channels\": [8%s]}".formatted(", 8".repeat(levels - 1)));
    return folder;
  }

  /** The shortest file in safetensors format. */
  static byte[] safetensors() {
    return new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'};
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }
}
