package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.Message.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One operation of a graph. Immutable; equal only to itself. */
public final class Node {

  private static final int INPUT = 1;
  private static final int OUTPUT = 2;
  private static final int NAME = 3;
  private static final int OP_TYPE = 4;
  private static final int ATTRIBUTE = 5;
  private static final int DOMAIN = 7;
  private static final int METADATA = 9;

  private static final int ATTRIBUTE_NAME = 1;
  private static final int INTEGER = 3;
  private static final int TEXT = 4;
  private static final int TENSOR = 5;
  private static final int GRAPH = 6;
  private static final int INTEGERS = 8;
  private static final int GRAPHS = 11;
  private static final int ATTRIBUTE_TYPE = 20;
  private static final int INTEGER_TYPE = 2;

  private static final int METADATA_KEY = 1;
  private static final int METADATA_VALUE = 2;

  private final Message message;
  private final String name;
  private final String opType;
  private final List<String> inputs;
  private final List<String> outputs;
  private final List<String> captured;

  private Node(Message message, List<String> captured) {
    this.message = message;
    this.captured = captured;
    name = message.text(NAME);
    opType = message.text(OP_TYPE);
    inputs = message.texts(INPUT);
    outputs = message.texts(OUTPUT);
  }

  /** Reads a NodeProto. */
  static Node read(Message message) throws DiffusionException {
    List<String> captured = new ArrayList<>();
    for (Message attribute : message.messages(ATTRIBUTE)) {
      for (int field : new int[] {GRAPH, GRAPHS}) {
        for (Message graph : attribute.messages(field)) {
          for (Message node : graph.messages(OnnxGraph.NODE)) {
            captured.addAll(read(node).uses());
          }
        }
      }
    }
    return new Node(message, List.copyOf(captured));
  }

  static Node of(String name, String opType, List<String> inputs, String output) {
    List<Field> fields = new ArrayList<>();
    inputs.forEach(input -> fields.add(Field.text(INPUT, input)));
    fields.add(Field.text(OUTPUT, output));
    fields.add(Field.text(NAME, name));
    fields.add(Field.text(OP_TYPE, opType));
    return new Node(Message.of(fields), List.of());
  }

  public String name() {
    return name;
  }

  public String opType() {
    return opType;
  }

  /** Whether it is one of ONNX's own operations, not one of another set by the same name. */
  boolean isStandard() {
    String domain = message.text(DOMAIN);
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /** Whether it has graphs within it, as branches and loops do, that refer to values outside. */
  boolean hasCaptures() {
    return !captured.isEmpty();
  }

  /** Names of values, in their places; empty in place of an optional one that is absent. */
  public List<String> inputs() {
    return inputs;
  }

  public List<String> outputs() {
    return outputs;
  }

  /** Names of all values that it needs: its inputs, and what the graphs within it refer to. */
  List<String> uses() {
    List<String> uses = new ArrayList<>(inputs);
    uses.addAll(captured);
    return uses;
  }

  /** The integer of an attribute. */
  public long integer(String attribute, long absent) throws DiffusionException {
    Message found = attribute(attribute);
    return found == null ? absent : found.integer(INTEGER, absent);
  }

  /** The integers of an attribute; empty when absent. */
  public List<Long> integers(String attribute) throws DiffusionException {
    Message found = attribute(attribute);
    List<Long> integers = new ArrayList<>();
    if (found != null) {
      for (long integer : found.integers(INTEGERS)) {
        integers.add(integer);
      }
    }
    return integers;
  }

  /** The text of an attribute; empty when absent. */
  String text(String attribute) throws DiffusionException {
    Message found = attribute(attribute);
    return found == null ? "" : found.text(TEXT);
  }

  /** The TensorProto of an attribute. */
  @Nullable Message tensor(String attribute) throws DiffusionException {
    Message found = attribute(attribute);
    return found == null ? null : found.message(TENSOR);
  }

  private @Nullable Message attribute(String attribute) throws DiffusionException {
    for (Message candidate : message.messages(ATTRIBUTE)) {
      if (candidate.text(ATTRIBUTE_NAME).equals(attribute)) {
        return candidate;
      }
    }
    return null;
  }

  /** What the exporter noted under a key; empty when absent. */
  public String metadata(String key) throws DiffusionException {
    for (Message entry : message.messages(METADATA)) {
      if (entry.text(METADATA_KEY).equals(key)) {
        return entry.text(METADATA_VALUE);
      }
    }
    return "";
  }

  /** A copy with other inputs. */
  public Node withInputs(List<String> names) {
    Field[] fields = names.stream().map(input -> Field.text(INPUT, input)).toArray(Field[]::new);
    return new Node(message.with(INPUT, fields), captured);
  }

  /** A copy that has another name, and makes its results under other names. */
  Node making(String newName, List<String> newOutputs) {
    List<Field> fields = new ArrayList<>();
    newOutputs.forEach(output -> fields.add(Field.text(OUTPUT, output)));
    fields.add(Field.text(NAME, newName));
    return new Node(message.with(Set.of(OUTPUT, NAME), fields), captured);
  }

  /** A copy with an attribute more. */
  Node plus(String attribute, long value) {
    List<Field> all = new ArrayList<>();
    message.contents(ATTRIBUTE).forEach(content -> all.add(Field.bytes(ATTRIBUTE, content)));
    all.add(
        Field.message(
            ATTRIBUTE,
            Message.of(
                Field.text(ATTRIBUTE_NAME, attribute),
                Field.integer(INTEGER, value),
                Field.integer(ATTRIBUTE_TYPE, INTEGER_TYPE))));
    return new Node(message.with(Set.of(ATTRIBUTE), all), captured);
  }

  /** The NodeProto. */
  Message message() {
    return message;
  }

  @Override
  public String toString() {
    return opType + " " + name;
  }
}
