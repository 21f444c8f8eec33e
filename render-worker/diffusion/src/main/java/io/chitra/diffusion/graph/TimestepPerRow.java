package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.ValueInfo.Dimension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets every row of a UNet's batch have a timestep of its own. Exports that take one timestep for
 * the batch expand it to a vector with an element a row; given that vector, the rest of the graph
 * computes each row as it would alone.
 */
public final class TimestepPerRow {

  private static final String TIMESTEP = "timestep";
  private static final String SAMPLE = "sample";

  /** What keeps a tensor's shape. */
  private static final Set<String> ELEMENTWISE = Set.of("Cast", "Identity");

  private TimestepPerRow() {}

  /**
   * The graph with {@code timestep} declared {@code [batch]}, as the rows of {@code sample} are.
   *
   * @return empty where the graph does not have the form: a scalar (or a vector that is not the
   *     batch's) that only goes through casts and an unsqueeze to an expand
   */
  public static Optional<OnnxGraph> of(OnnxGraph graph) throws DiffusionException {
    Optional<ValueInfo> timestep = input(graph, TIMESTEP);
    Optional<ValueInfo> sample = input(graph, SAMPLE);
    if (timestep.isEmpty() || sample.isEmpty() || sample.get().dimensions().isEmpty()) {
      return Optional.empty();
    }
    Dimension batch = sample.get().dimensions().get(0);
    if (batch.symbol().isEmpty()) {
      return Optional.empty();
    }
    int rank = timestep.get().dimensions().size();
    if (rank == 1 && timestep.get().dimensions().get(0).equals(batch)) {
      return Optional.of(graph);
    }
    List<Node> unsqueezes = new ArrayList<>();
    if (rank > 1 || !isExpanded(graph, TIMESTEP, rank, unsqueezes)) {
      return Optional.empty();
    }
    OnnxGraph changed = graph;
    for (Node unsqueeze : unsqueezes) {
      changed = without(changed, unsqueeze);
    }
    return Optional.of(
        changed.declaring(new ValueInfo(TIMESTEP, timestep.get().type(), List.of(batch))));
  }

  private static Optional<ValueInfo> input(OnnxGraph graph, String name) {
    return graph.inputs().stream().filter(input -> input.name().equals(name)).findFirst();
  }

  /** Whether a value of this rank goes to expands of vectors only. */
  private static boolean isExpanded(OnnxGraph graph, String value, int rank, List<Node> unsqueezes)
      throws DiffusionException {
    List<Node> consumers = graph.consumers(value);
    for (Node consumer : consumers) {
      int rankAfter = rank;
      if (rank == 0 && consumer.opType().equals("Unsqueeze")) {
        unsqueezes.add(consumer);
        rankAfter = 1;
      } else if (rank == 1 && consumer.opType().equals("Expand")) {
        continue;
      } else if (!ELEMENTWISE.contains(consumer.opType())) {
        return false;
      }
      if (!isExpanded(graph, consumer.outputs().get(0), rankAfter, unsqueezes)) {
        return false;
      }
    }
    return !consumers.isEmpty();
  }

  private static OnnxGraph without(OnnxGraph graph, Node dropped) {
    String output = dropped.outputs().get(0);
    String input = dropped.inputs().get(0);
    List<Node> nodes =
        graph.nodes().stream()
            .filter(node -> node != dropped)
            .map(
                node ->
                    node.inputs().contains(output)
                        ? node.withInputs(
                            node.inputs().stream()
                                .map(name -> name.equals(output) ? input : name)
                                .toList())
                        : node)
            .toList();
    return graph.with(nodes, List.of());
  }
}
