package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.Message.Field;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph: read from its file, changed by making others of it, and handed to a session as
 * {@linkplain #bytes() bytes}. Weights stay in the files where they are, those within the graph's
 * own file too: reading copies none of them. Immutable, safe for many threads; the files must not
 * change meanwhile.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3">the format</a>
 */
public final class OnnxGraph {

  static final int NODE = 1;

  private static final int GRAPH = 7;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;
  private static final int VALUE_INFO = 13;

  private final GraphFiles files;
  private final Message model;
  private final Message graph;
  private final List<Node> nodes;
  private final Map<String, Tensor> initializers;
  private final List<ValueInfo> inputs;
  private final List<ValueInfo> outputs;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();

  private OnnxGraph(
      GraphFiles files,
      Message model,
      Message graph,
      List<Node> nodes,
      Map<String, Tensor> initializers,
      List<ValueInfo> inputs,
      List<ValueInfo> outputs) {
    this.files = files;
    this.model = model;
    this.graph = graph;
    this.nodes = List.copyOf(nodes);
    this.initializers = Collections.unmodifiableMap(initializers);
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    for (Node node : nodes) {
      node.outputs().forEach(output -> producers.put(output, node));
      for (String use : new HashSet<>(node.uses())) {
        consumers.computeIfAbsent(use, name -> new ArrayList<>()).add(node);
      }
    }
  }

  /**
   * Reads a graph and checks that every weight is there: within its file, or in files beside it.
   *
   * @throws DiffusionException permanent, when it is no ONNX graph, a weight is not as long as its
   *     shape says, or is to be had outside of the file's folder
   */
  public static OnnxGraph read(Path file) throws DiffusionException {
    GraphFiles files = GraphFiles.of(file);
    Message model = Message.parse(files.source(), files.map());
    Message graph = model.message(GRAPH);
    if (graph == null) {
      throw model.malformed("it has no graph");
    }
    List<Node> nodes = new ArrayList<>();
    for (Message node : graph.messages(NODE)) {
      nodes.add(Node.read(node));
    }
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    for (Message initializer : graph.messages(INITIALIZER)) {
      Tensor tensor = Tensor.read(initializer, files);
      initializers.put(tensor.name(), tensor);
    }
    return new OnnxGraph(
        files, model, graph, nodes, initializers, values(graph, INPUT), values(graph, OUTPUT));
  }

  private static List<ValueInfo> values(Message graph, int number) throws DiffusionException {
    List<ValueInfo> values = new ArrayList<>();
    for (Message value : graph.messages(number)) {
      values.add(ValueInfo.read(value));
    }
    return values;
  }

  /** The folder of its file, which its weights are in. */
  public Path folder() {
    return files.folder();
  }

  /** The operations, each after those whose results it takes. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The named constants, weights above all. */
  public Map<String, Tensor> initializers() {
    return initializers;
  }

  public List<ValueInfo> inputs() {
    return inputs;
  }

  public List<ValueInfo> outputs() {
    return outputs;
  }

  /** The operation that makes a value; null for inputs and initializers. */
  public @Nullable Node producer(String value) {
    return producers.get(value);
  }

  /** The operations that take a value, each once. */
  public List<Node> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  /** A constant that is stored as such: an initializer or a constant node's tensor; or null. */
  @Nullable Tensor constant(String value) throws DiffusionException {
    Node producer = producers.get(value);
    if (producer == null) {
      return initializers.get(value);
    }
    Message tensor = producer.opType().equals("Constant") ? producer.tensor("value") : null;
    return tensor == null ? null : Tensor.read(tensor, files);
  }

  /** The initializers with elements in memory, which a session must be given by their names. */
  public Map<String, Tensor> inMemory() {
    Map<String, Tensor> inMemory = new LinkedHashMap<>();
    initializers.forEach(
        (name, tensor) -> {
          if (tensor.inMemory()) {
            inMemory.put(name, tensor);
          }
        });
    return inMemory;
  }

  /**
   * A copy with other operations and more initializers. Operations and initializers that nothing
   * uses any more are left out.
   */
  public OnnxGraph with(List<Node> changed, Collection<Tensor> added) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(initializers);
    added.forEach(tensor -> tensors.put(tensor.name(), tensor));
    List<Node> kept = changed;
    Set<String> used = used(kept);
    for (boolean shrinks = true; shrinks; ) {
      Set<String> needed = used;
      List<Node> needful =
          kept.stream().filter(node -> node.outputs().stream().anyMatch(needed::contains)).toList();
      shrinks = needful.size() < kept.size();
      kept = needful;
      used = used(kept);
    }
    tensors.keySet().retainAll(used);
    return new OnnxGraph(files, model, graph, kept, tensors, inputs, outputs);
  }

  private Set<String> used(List<Node> of) {
    Set<String> used = new HashSet<>();
    of.forEach(node -> used.addAll(node.uses()));
    outputs.forEach(output -> used.add(output.name()));
    return used;
  }

  /** A copy that declares an input otherwise. */
  OnnxGraph declaring(ValueInfo changed) {
    List<ValueInfo> declared = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      boolean same = !inputs.get(i).name().equals(changed.name());
      declared.add(same ? inputs.get(i) : changed);
      fields.add(
          same
              ? Field.bytes(INPUT, graph.contents(INPUT).get(i))
              : Field.message(INPUT, changed.message()));
    }
    Message redeclared = graph.with(Set.of(INPUT), fields);
    return new OnnxGraph(files, model, redeclared, nodes, initializers, declared, outputs);
  }

  /** A copy that takes one input more. */
  OnnxGraph taking(ValueInfo added) {
    List<ValueInfo> declared = new ArrayList<>(inputs);
    declared.add(added);
    List<Field> fields = new ArrayList<>();
    graph.contents(INPUT).forEach(content -> fields.add(Field.bytes(INPUT, content)));
    fields.add(Field.message(INPUT, added.message()));
    Message redeclared = graph.with(Set.of(INPUT), fields);
    return new OnnxGraph(files, model, redeclared, nodes, initializers, declared, outputs);
  }

  /**
   * The graph as a session reads it, in a direct buffer of a few bytes an operation: weights are
   * external data. The session must be told the {@link #folder()}, and given {@link #inMemory()}.
   */
  public ByteBuffer bytes() {
    List<Field> fields = new ArrayList<>();
    nodes.forEach(node -> fields.add(Field.message(NODE, node.message())));
    initializers
        .values()
        .forEach(tensor -> fields.add(Field.message(INITIALIZER, tensor.message())));
    Message changed = graph.with(Set.of(NODE, INITIALIZER, VALUE_INFO), fields);
    return model.with(GRAPH, Field.message(GRAPH, changed)).encode();
  }
}
