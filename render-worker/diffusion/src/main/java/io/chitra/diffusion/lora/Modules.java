package io.chitra.diffusion.lora;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.ConstantValue;
import io.chitra.diffusion.graph.Node;
import io.chitra.diffusion.graph.OnnxGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The linear and convolution modules of a graph by the names that they have in PyTorch, dots
 * written as underscores. Immutable.
 */
final class Modules {

  /** The input that takes the weight, of each operation. */
  static final int WEIGHT = 1;

  private static final Set<String> OPERATIONS = Set.of("MatMul", "Gemm", "Conv");

  /** Where {@code torch.onnx} notes the modules that an operation comes from, and its own name. */
  private static final String SCOPES = "pkg.torch.onnx.name_scopes";

  private static final Pattern MODULE_IN_SCOPES = Pattern.compile(".*'([^']*)', '[^']*'\\]");
  private static final Pattern MODULE_IN_NODE_NAME = Pattern.compile("/(.+)/[^/]+");
  private static final Pattern MODULE_IN_WEIGHT_NAME = Pattern.compile("(.+)\\.weight");

  private final Map<String, List<Node>> operations = new HashMap<>();

  /** Names by their ends: graphs may hold a model within another module. */
  private final Map<String, Set<String>> names = new HashMap<>();

  private final OriginalNames originalNames;

  Modules(OnnxGraph graph) throws DiffusionException {
    for (Node node : graph.nodes()) {
      if (OPERATIONS.contains(node.opType())
          && ConstantValue.isConstant(graph, node.inputs().get(WEIGHT))) {
        add(node, name(graph, node));
      }
    }
    int layersPerBlock = 0;
    while (!find("down_blocks_0_resnets_%d_conv1".formatted(layersPerBlock)).isEmpty()) {
      layersPerBlock++;
    }
    originalNames = new OriginalNames(layersPerBlock);
  }

  private void add(Node node, String name) {
    String full = name.replace('.', '_');
    operations.computeIfAbsent(full, n -> new ArrayList<>()).add(node);
    for (int dot = 0; dot >= 0; dot = name.indexOf('.', dot + 1)) {
      String end = full.substring(dot == 0 ? 0 : dot + 1);
      names.computeIfAbsent(end, n -> new HashSet<>()).add(full);
    }
  }

  private static String name(OnnxGraph graph, Node node) throws DiffusionException {
    Matcher scopes = MODULE_IN_SCOPES.matcher(node.metadata(SCOPES));
    if (scopes.matches()) {
      return scopes.group(1);
    }
    Matcher nodeName = MODULE_IN_NODE_NAME.matcher(node.name());
    if (nodeName.matches()) {
      return nodeName.group(1).replace('/', '.');
    }
    String weight = node.inputs().get(WEIGHT);
    for (Node producer = graph.producer(weight); producer != null; ) {
      weight = producer.inputs().isEmpty() ? "" : producer.inputs().get(0);
      producer = graph.producer(weight);
    }
    Matcher weightName = MODULE_IN_WEIGHT_NAME.matcher(weight);
    return weightName.matches() ? weightName.group(1) : weight;
  }

  /**
   * The operations that compute a module; none where the graph does not have it, or more than one
   * module could be meant.
   *
   * @param module as {@link LoraKey#module()}
   */
  List<Node> operations(String module) {
    List<Node> found = find(module);
    return found.isEmpty() ? find(originalNames.diffusersName(module)) : found;
  }

  private List<Node> find(String module) {
    Set<String> meant =
        operations.containsKey(module) ? Set.of(module) : names.getOrDefault(module, Set.of());
    return meant.size() == 1
        ? operations.getOrDefault(meant.iterator().next(), List.of())
        : List.of();
  }
}
