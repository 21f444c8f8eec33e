package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.RowDependence.Entry;
import io.chitra.diffusion.graph.RowDependence.Fixed;
import io.chitra.diffusion.graph.RowDependence.Rows;
import io.chitra.diffusion.graph.RowDependence.Unknown;
import io.chitra.diffusion.graph.RowDependence.Value;
import io.chitra.diffusion.graph.ValueInfo.Dimension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lets rows of a UNet's batch share what they have in common. With guidance a picture has two rows
 * that differ in their prompts only; the changed graph takes latents and timesteps a picture, and
 * computes what comes before the prompt once a picture. Where the prompt enters, a picture's values
 * are repeated for each of its rows.
 *
 * <p>A row's result is the same, bit for bit, wherever a row computes alike in a batch of another
 * size. ONNX Runtime's CPU kernels do that for float32. For float16 they compute in float32 and
 * round between some operations; there a value is rounded where it is repeated, too.
 */
public final class SharedPrefix {

  /**
   * The input that the changed graph takes besides: for each row, int64, the index of its picture.
   */
  public static final String PICTURE_OF_ROW = "picture_of_row";

  private static final String SAMPLE = "sample";
  private static final String TIMESTEP = "timestep";

  private static final Dimension PICTURES = new Dimension(-1, "pictures");

  /** What ONNX Runtime merges into a matrix product that takes it, if nothing is in between. */
  private static final Set<String> SCALING = Set.of("Mul", "Div");

  private final RowDependence dependence;
  private final List<Node> nodes = new ArrayList<>();

  private SharedPrefix(RowDependence dependence) {
    this.dependence = dependence;
  }

  /**
   * The graph with {@code sample} declared {@code [pictures, ...]}, {@code timestep} too where it
   * was one a row, and with {@link #PICTURE_OF_ROW} {@code [rows]}. The other inputs and the
   * outputs keep one entry a row. Every picture may have any number of rows, in any order.
   *
   * @return empty where nothing is known to be common to a picture's rows, where all of the result
   *     is, where the graph has branches or loops, and where its batch is of a fixed size
   */
  public static Optional<OnnxGraph> of(OnnxGraph graph) throws DiffusionException {
    Dimension rows =
        graph.inputs().stream()
            .filter(input -> input.name().equals(SAMPLE))
            .flatMap(input -> input.dimensions().stream().limit(1))
            .findFirst()
            .orElse(PICTURES);
    if (rows.symbol().isEmpty() || graph.nodes().stream().anyMatch(Node::hasCaptures)) {
      return Optional.empty();
    }
    Map<String, Value> known = new HashMap<>();
    List<ValueInfo> ofPictures = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      List<Dimension> dimensions = input.dimensions();
      if (!input.name().equals(SAMPLE) && !input.name().equals(TIMESTEP)) {
        continue;
      }
      if (dimensions.isEmpty() || !dimensions.get(0).equals(rows)) {
        known.put(input.name(), Fixed.ofRank(dimensions.size()));
      } else {
        known.put(input.name(), new Rows(dimensions.size(), Entry.ROW));
        ofPictures.add(ofPictures(input));
      }
    }
    SharedPrefix prefix = new SharedPrefix(RowDependence.of(graph, known));
    ofPictures.forEach(input -> prefix.repeat(input.name()));
    graph.nodes().forEach(prefix::add);
    OnnxGraph changed = graph.with(prefix.nodes, List.of());
    if (!sharesOperations(changed) || !prefix.leavesResults(graph)) {
      return Optional.empty();
    }
    changed = changed.taking(new ValueInfo(PICTURE_OF_ROW, TensorType.INT64, List.of(rows)));
    for (ValueInfo input : ofPictures) {
      changed = changed.declaring(input);
    }
    return Optional.of(changed);
  }

  private static ValueInfo ofPictures(ValueInfo input) {
    List<Dimension> dimensions = new ArrayList<>(input.dimensions());
    dimensions.set(0, PICTURES);
    return new ValueInfo(input.name(), input.type(), dimensions);
  }

  private static boolean sharesOperations(OnnxGraph changed) {
    return changed.consumers(PICTURE_OF_ROW).stream()
        .anyMatch(repeat -> changed.producer(repeat.inputs().get(0)) != null);
  }

  private boolean leavesResults(OnnxGraph graph) {
    return graph.outputs().stream()
        .allMatch(output -> dependence.of(output.name()) instanceof Unknown);
  }

  /**
   * Adds an operation: what makes each row of that row alone is done a picture, and repeated;
   * everything else that depends on rows is done a row. What is done in vain is left out of the
   * graph in the end.
   */
  private void add(Node node) {
    Value result = dependence.of(node.outputs().get(0));
    if (result instanceof Unknown) {
      nodes.add(aRow(node));
      return;
    }
    nodes.add(node);
    if (result.equals(new Rows(result.rank(), Entry.ROW)) && !scales(node)) {
      node.outputs().stream().filter(output -> !output.isEmpty()).forEach(this::repeat);
    } else if (!result.isFixed()) {
      List<String> outputs = node.outputs().stream().map(SharedPrefix::nameOfRows).toList();
      nodes.add(aRow(node).making(nameOfRows(node.name()), outputs));
    }
  }

  private boolean scales(Node node) {
    return SCALING.contains(node.opType())
        && node.inputs().stream().anyMatch(input -> dependence.of(input).isFixed());
  }

  private void repeat(String value) {
    String repeated = nameOfRows(value);
    nodes.add(Node.of(repeated, "Gather", List.of(value, PICTURE_OF_ROW), repeated));
  }

  /** The operation on values that have an entry a row. */
  private Node aRow(Node node) {
    return node.withInputs(
        node.inputs().stream()
            .map(input -> differsByPicture(dependence.of(input)) ? nameOfRows(input) : input)
            .toList());
  }

  private static boolean differsByPicture(Value value) {
    return !value.isFixed() && !(value instanceof Unknown);
  }

  private static String nameOfRows(String name) {
    return name.isEmpty() ? name : name + "/of_rows";
  }
}
