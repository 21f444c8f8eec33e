package io.chitra.diffusion.lora;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.lora.LoraKey.Role;
import io.chitra.diffusion.lora.SafetensorsFile.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A LoRA: low-rank changes of the weights of a model's linear and convolution modules. Opening one
 * reads its header and its scales. Immutable; the file must not change meanwhile.
 *
 * @see <a href="https://arxiv.org/abs/2106.09685">LoRA: Low-Rank Adaptation of Large Language
 *     Models</a>
 */
public final class LoraFile {

  /** What the tensors of other methods have in their names. */
  private static final Map<String, String> OTHER_METHODS =
      Map.of(
          "hada_", "LoHa",
          "lokr_", "LoKr",
          "dora_scale", "DoRA",
          "lora_magnitude_vector", "DoRA",
          "lora_mid", "LoRA in Tucker form (lora_mid)");

  private static final int KEYS_IN_A_MESSAGE = 3;

  private final Path path;
  private final SafetensorsFile file;
  private final Map<String, List<Layer>> layers = new LinkedHashMap<>();

  /**
   * The change of one module's weight: {@code up @ down}, scaled.
   *
   * @param module as {@link LoraKey#module()}
   * @param down rank x inputs (x kernel)
   * @param up outputs x rank
   * @param scale alpha / rank
   */
  record Layer(String module, Tensor down, Tensor up, double scale) {

    int rank() {
      return Math.toIntExact(down.shape().get(0));
    }
  }

  /** The module that a tensor is for. */
  private record Target(String part, String module) {}

  private LoraFile(Path path, SafetensorsFile file) throws DiffusionException {
    this.path = path;
    this.file = file;
    refuseOtherMethods();
    Map<Target, Map<Role, Tensor>> targets = targets();
    if (targets.isEmpty()) {
      throw unusable("it has no tensors");
    }
    AdapterMetadata metadata = AdapterMetadata.read(path, file);
    for (Map.Entry<Target, Map<Role, Tensor>> entry : targets.entrySet()) {
      Target target = entry.getKey();
      layers
          .computeIfAbsent(target.part, part -> new ArrayList<>())
          .add(layer(target, entry.getValue(), metadata));
    }
  }

  /**
   * Opens a file in one of the forms that diffusers loads: diffusers' own, PEFT's within it, and
   * kohya's.
   *
   * @throws DiffusionException permanent, when it is no safetensors file, or holds anything but
   *     plain LoRAs
   */
  public static LoraFile open(Path path) throws DiffusionException {
    return new LoraFile(path, SafetensorsFile.open(path));
  }

  private void refuseOtherMethods() throws DiffusionException {
    for (String name : file.tensors().keySet()) {
      for (Map.Entry<String, String> method : OTHER_METHODS.entrySet()) {
        if (name.contains(method.getKey())) {
          throw unusable(
              "it is %s, as %s shows; only plain LoRAs are supported"
                  .formatted(method.getValue(), name));
        }
      }
    }
  }

  private Map<Target, Map<Role, Tensor>> targets() throws DiffusionException {
    Map<Target, Map<Role, Tensor>> targets = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (Tensor tensor : file.tensors().values()) {
      Optional<LoraKey> key = LoraKey.parse(tensor.name());
      if (key.isEmpty()) {
        unknown.add(tensor.name());
        continue;
      }
      Target target = new Target(key.get().part(), key.get().module());
      Tensor other =
          targets
              .computeIfAbsent(target, t -> new EnumMap<>(Role.class))
              .put(key.get().role(), tensor);
      if (other != null) {
        throw unusable("%s and %s are for the same module".formatted(other.name(), tensor.name()));
      }
    }
    if (!unknown.isEmpty()) {
      throw unusable(
          "%d of its %d tensors have names of no known form: %s"
              .formatted(unknown.size(), file.tensors().size(), some(unknown)));
    }
    return targets;
  }

  private Layer layer(Target target, Map<Role, Tensor> tensors, AdapterMetadata metadata)
      throws DiffusionException {
    Tensor down = tensors.get(Role.DOWN);
    Tensor up = tensors.get(Role.UP);
    if (down == null || up == null) {
      throw unusable(
          "%s comes without its counterpart".formatted(tensors.values().iterator().next().name()));
    }
    long rank = down.shape().isEmpty() ? 0 : down.shape().get(0);
    if (rank < 1) {
      throw unusable("%s is of shape %s".formatted(down.name(), down.shape()));
    }
    Tensor alpha = tensors.get(Role.ALPHA);
    double scale =
        alpha == null
            ? metadata.scale(target.part, target.module, (double) rank)
            : scalar(alpha) / rank;
    return new Layer(target.module, down, up, scale);
  }

  private double scalar(Tensor tensor) throws DiffusionException {
    float[] values = file.floats(tensor);
    if (values.length != 1) {
      throw unusable("%s is of shape %s".formatted(tensor.name(), tensor.shape()));
    }
    return values[0];
  }

  /** The first few, for messages to people. */
  static String some(Collection<String> all) {
    String first = String.join(", ", all.stream().limit(KEYS_IN_A_MESSAGE).toList());
    return all.size() > KEYS_IN_A_MESSAGE ? first + ", ..." : first;
  }

  private DiffusionException unusable(String why) {
    return DiffusionException.permanent("Cannot use LoRA %s: %s".formatted(path, why));
  }

  /**
   * Checks that all of it is for parts that a model has.
   *
   * @param parts by the names of their folders
   * @throws DiffusionException permanent, when it also changes another part
   */
  public void requireParts(Set<String> parts) throws DiffusionException {
    for (Map.Entry<String, List<Layer>> entry : layers.entrySet()) {
      if (!parts.contains(entry.getKey())) {
        throw unusable(
            "it changes %s, which the model does not have: %s"
                .formatted(
                    entry.getKey(),
                    some(entry.getValue().stream().map(layer -> layer.down.name()).toList())));
      }
    }
  }

  Path path() {
    return path;
  }

  /** Of one part; empty when it changes nothing there. */
  List<Layer> layers(String part) {
    return layers.getOrDefault(part, List.of());
  }

  float[] floats(Tensor tensor) throws DiffusionException {
    return file.floats(tensor);
  }
}
