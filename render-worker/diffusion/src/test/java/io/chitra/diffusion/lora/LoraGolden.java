package io.chitra.diffusion.lora;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.Sessions.Input;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** Exports, LoRAs and what diffusers made of them, unpacked into a folder of the build. */
public final class LoraGolden {

  private static final Path FOLDER = Path.of("target", "golden-lora");

  private LoraGolden() {}

  /** A model's graph in a folder of its own, as {@code sd1-unet}. */
  public static Path graph(String name) throws IOException {
    return unpack(name + ".onnx", FOLDER.resolve(name).resolve("model.onnx"));
  }

  static Path lora(String name) throws IOException {
    String file = name + ".safetensors";
    return unpack(file, FOLDER.resolve(file));
  }

  /** Numbers that diffusers was given or made. */
  public static Input expected(String name) throws IOException, DiffusionException {
    SafetensorsFile file = SafetensorsFile.open(lora("expected"));
    SafetensorsFile.Tensor tensor = Objects.requireNonNull(file.tensors().get(name), name);
    return new Input(
        file.floats(tensor), tensor.shape().stream().mapToLong(Long::longValue).toArray());
  }

  private static synchronized Path unpack(String name, Path to) throws IOException {
    if (!Files.exists(to)) {
      Files.createDirectories(to.getParent());
      try (InputStream packed =
              LoraGolden.class.getResourceAsStream("/golden/lora/" + name + ".gz");
          InputStream in = new GZIPInputStream(packed)) {
        Files.copy(in, to);
      }
    }
    return to;
  }
}
