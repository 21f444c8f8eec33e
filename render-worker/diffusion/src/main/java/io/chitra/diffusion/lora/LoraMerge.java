package io.chitra.diffusion.lora;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.Node;
import io.chitra.diffusion.graph.OnnxGraph;
import io.chitra.diffusion.graph.Tensor;
import io.chitra.diffusion.graph.TensorType;
import io.chitra.diffusion.lora.LoraFile.Layer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds LoRAs to the weights of a graph: a module's weight becomes the weight plus the sum of {@code
 * scale * alpha / rank * up @ down}, computed in float32 and stored in the precision that the graph
 * computes with. Each operation gets a weight of its own: others that share the old one keep it.
 */
public final class LoraMerge {

  private final String part;
  private final OnnxGraph graph;

  /** What LoRAs do to an operation. */
  private final Map<Node, List<Change>> changes = new LinkedHashMap<>();

  private record Change(ScaledLora lora, Layer layer) {

    double scale() {
      return lora.scale() * layer.scale();
    }

    void addTo(Weight weight) throws DiffusionException {
      LoraFile file = lora.file();
      weight.add((float) scale(), layer.rank(), file.floats(layer.down()), file.floats(layer.up()));
    }
  }

  private LoraMerge(String part, OnnxGraph graph) {
    this.part = part;
    this.graph = graph;
  }

  /**
   * The graph with LoRAs.
   *
   * @param part of the model, by the name of its folder: {@code unet}, {@code text_encoder} or
   *     {@code text_encoder_2}
   * @param loras of which some may change nothing in this part
   * @param scratch a folder with room for the changed weights
   * @return the graph itself where nothing changes, else one with changed weights {@linkplain
   *     OnnxGraph#inMemory() in memory}, mapped from a temporary file
   * @throws DiffusionException permanent, when a LoRA does not fit the graph; temporary, when there
   *     is no room
   */
  public static OnnxGraph merge(String part, OnnxGraph graph, List<ScaledLora> loras, Path scratch)
      throws DiffusionException {
    LoraMerge merge = new LoraMerge(part, graph);
    Modules modules = new Modules(graph);
    for (ScaledLora lora : loras) {
      merge.match(lora, modules);
    }
    return merge.changes.isEmpty() ? graph : merge.changed(scratch);
  }

  private void match(ScaledLora lora, Modules modules) throws DiffusionException {
    List<String> unknown = new ArrayList<>();
    for (Layer layer : lora.file().layers(part)) {
      List<Node> operations = modules.operations(layer.module());
      if (operations.isEmpty()) {
        unknown.add(layer.down().name());
      }
      for (Node operation : operations) {
        changes.computeIfAbsent(operation, o -> new ArrayList<>()).add(new Change(lora, layer));
      }
    }
    if (!unknown.isEmpty()) {
      throw misfit(lora, unknown, "are for modules that the graph does not have");
    }
  }

  private OnnxGraph changed(Path scratch) throws DiffusionException {
    Map<ScaledLora, List<String>> misfits = new LinkedHashMap<>();
    Map<Node, Tensor> weights = new LinkedHashMap<>();
    try (MergedWeights store = MergedWeights.create(scratch)) {
      for (Map.Entry<Node, List<Change>> entry : changes.entrySet()) {
        Weight weight = Weight.of(graph, entry.getKey());
        boolean same = true;
        for (Change change : entry.getValue()) {
          Layer layer = change.layer;
          if (!weight.fits(layer.down().shape(), layer.up().shape())) {
            misfits
                .computeIfAbsent(change.lora, lora -> new ArrayList<>())
                .add(misfit(layer, weight));
          } else if (change.scale() != 0) {
            change.addTo(weight);
            same = false;
          }
        }
        if (!same && misfits.isEmpty()) {
          weights.put(entry.getKey(), tensor(entry.getKey(), weight, store));
        }
      }
    }
    for (Map.Entry<ScaledLora, List<String>> misfit : misfits.entrySet()) {
      throw misfit(misfit.getKey(), misfit.getValue(), "are of other shapes");
    }
    return graph.with(
        graph.nodes().stream()
            .map(node -> weights.containsKey(node) ? with(node, weights.get(node).name()) : node)
            .toList(),
        weights.values());
  }

  private static String misfit(Layer layer, Weight weight) {
    return "%s %s with up %s for a weight of %s"
        .formatted(layer.down().name(), layer.down().shape(), layer.up().shape(), weight.shape());
  }

  private Tensor tensor(Node operation, Weight weight, MergedWeights store)
      throws DiffusionException {
    TensorType type = weight.value().type();
    if (type != TensorType.FLOAT && type != TensorType.FLOAT16) {
      throw DiffusionException.permanent(
          "Cannot add LoRAs to %s: the weight of %s is of type %s, expected FLOAT or FLOAT16"
              .formatted(part, operation.name(), type));
    }
    return Tensor.inMemory(
        operation.outputs().get(0) + "/weight_with_lora",
        type,
        weight.value().dims(),
        store.store(type, weight.value().values()));
  }

  private static Node with(Node operation, String weight) {
    List<String> inputs = new ArrayList<>(operation.inputs());
    inputs.set(Modules.WEIGHT, weight);
    return operation.withInputs(inputs);
  }

  private DiffusionException misfit(ScaledLora lora, List<String> tensors, String why) {
    return DiffusionException.permanent(
        "Cannot add LoRA %s to %s: %d of its %d layers %s: %s"
            .formatted(
                lora.file().path(),
                part,
                tensors.size(),
                lora.file().layers(part).size(),
                why,
                LoraFile.some(tensors)));
  }
}
