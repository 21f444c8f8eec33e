package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a UNet take latents whose sides do not halve evenly at each level. Exports double the sides
 * on the way up; the changed graph makes them as large as the tensor of the way down that they are
 * joined with, as diffusers' {@code UNet2DConditionModel} does with {@code upsample_size}. Where
 * sides do halve evenly the results are the same, bit for bit.
 */
public final class UpsampleToSkip {

  private static final Set<String> BETWEEN_RESIZE_AND_CONCAT = Set.of("Conv", "Cast", "Identity");

  private static final Tensor FROM_BATCH = Tensor.integers("upsample_to_skip/from_batch", 0);
  private static final Tensor TO_SIDES = Tensor.integers("upsample_to_skip/to_sides", 2);
  private static final Tensor TO_END = Tensor.integers("upsample_to_skip/to_end", 4);

  private UpsampleToSkip() {}

  /**
   * The graph with every upsampling changed.
   *
   * @return empty where one does not have the form: a nearest-neighbour resize by 2 whose result
   *     goes through a convolution and is joined with one other tensor; or where the sides of the
   *     graph's result are an expression, as {@code torch.export} makes of sides that halve evenly
   */
  public static Optional<OnnxGraph> of(OnnxGraph graph) throws DiffusionException {
    if (computesSides(graph)) {
      return Optional.empty();
    }
    Map<Node, String> skips = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (node.opType().equals("Resize")) {
        String skip = doubles(graph, node) ? skip(graph, node) : null;
        if (skip == null) {
          return Optional.empty();
        }
        skips.put(node, skip);
      }
    }
    if (skips.isEmpty()) {
      return Optional.of(graph);
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      String skip = skips.get(node);
      if (skip == null) {
        nodes.add(node);
      } else {
        nodes.addAll(resizeTo(skip, node));
      }
    }
    return Optional.of(graph.with(nodes, List.of(FROM_BATCH, TO_SIDES, TO_END)));
  }

  private static boolean computesSides(OnnxGraph graph) {
    return graph.outputs().stream()
        .flatMap(output -> output.dimensions().stream())
        .anyMatch(dimension -> dimension.symbol().contains("//"));
  }

  private static boolean doubles(OnnxGraph graph, Node resize) throws DiffusionException {
    if (resize.inputs().size() != 3
        || !resize.text("mode").equals("nearest")
        || !resize.text("coordinate_transformation_mode").equals("asymmetric")
        || !resize.text("nearest_mode").equals("floor")) {
      return false;
    }
    Tensor scales = graph.constant(resize.inputs().get(2));
    return scales != null && Arrays.equals(scales.floats(), new float[] {1, 1, 2, 2});
  }

  /** The tensor that the result is joined with, if it is there before the resize. */
  private static @Nullable String skip(OnnxGraph graph, Node resize) throws DiffusionException {
    Node at = resize;
    while (true) {
      String value = at.outputs().get(0);
      List<Node> consumers = graph.consumers(value);
      if (consumers.size() != 1) {
        return null;
      }
      at = consumers.get(0);
      if (at.opType().equals("Concat")) {
        List<String> joined = new ArrayList<>(at.inputs());
        joined.remove(value);
        boolean alongChannels = at.integer("axis", 0) == 1;
        return alongChannels && joined.size() == 1 && isBefore(graph, joined.get(0), resize)
            ? joined.get(0)
            : null;
      }
      if (!BETWEEN_RESIZE_AND_CONCAT.contains(at.opType())) {
        return null;
      }
    }
  }

  private static boolean isBefore(OnnxGraph graph, String value, Node node) {
    Node producer = graph.producer(value);
    return producer == null || graph.nodes().indexOf(producer) < graph.nodes().indexOf(node);
  }

  /** A resize to the sides of another tensor, and what tells them. */
  private static List<Node> resizeTo(String skip, Node resize) {
    String prefix = resize.outputs().get(0) + "/skip";
    String input = resize.inputs().get(0);
    String shape = prefix + "/shape";
    String batchAndChannels = prefix + "/batch_and_channels";
    String skipShape = prefix + "/skip_shape";
    String sides = prefix + "/sides";
    String sizes = prefix + "/sizes";
    return List.of(
        Node.of(shape, "Shape", List.of(input), shape),
        Node.of(
            batchAndChannels,
            "Slice",
            List.of(shape, FROM_BATCH.name(), TO_SIDES.name()),
            batchAndChannels),
        Node.of(skipShape, "Shape", List.of(skip), skipShape),
        Node.of(sides, "Slice", List.of(skipShape, TO_SIDES.name(), TO_END.name()), sides),
        Node.of(sizes, "Concat", List.of(batchAndChannels, sides), sizes).plus("axis", 0),
        resize.withInputs(List.of(input, "", "", sizes)));
  }
}
