package io.chitra.diffusion;

import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.model.VaeConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A VAE in ONNX: the folders {@code vae_decoder} and, for given pictures, {@code vae_encoder}, of a
 * whole model or alone. Opening one reads its config only. Immutable; equal when the folders are
 * the same.
 */
public final class VaeFolder {

  private final Path path;
  private final VaeConfig config;

  private VaeFolder(Path path, VaeConfig config) {
    this.path = path;
    this.config = config;
  }

  /**
   * @throws DiffusionException permanent, when a file is missing or says something that the engine
   *     cannot do
   */
  public static VaeFolder open(Path folder) throws DiffusionException {
    Path path = ModelFolder.realPath(folder);
    return new VaeFolder(path, VaeConfig.read(ConfigFile.read(path, "vae_decoder/config.json")));
  }

  public Path path() {
    return path;
  }

  VaeConfig config() {
    return config;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VaeFolder folder && folder.path.equals(path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
