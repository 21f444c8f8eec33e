package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * How the values of a graph depend on the rows of some of its inputs, told from its operations
 * alone; what is not known to be otherwise is {@link Unknown}. It is taken for granted that the
 * graph runs with any number of rows, and gives as many. Immutable.
 */
final class RowDependence {

  /** How a value depends on rows. */
  sealed interface Value {

    /** Whether it is the same whatever the rows hold, and however many they are. */
    default boolean isFixed() {
      return false;
    }

    /** The number of axes; -1 where it is not known. */
    int rank();
  }

  /**
   * The same whatever the rows hold, and however many they are.
   *
   * @param first size along the first axis; -1 where it is not known, or there is none
   */
  record Fixed(int rank, long first) implements Value {

    private static final Fixed OF_ANY_SHAPE = new Fixed(-1, -1);

    private static Fixed of(Tensor tensor) {
      List<Long> dims = tensor.dims();
      return new Fixed(dims.size(), dims.isEmpty() ? -1 : dims.get(0));
    }

    static Fixed ofRank(int rank) {
      return new Fixed(rank, -1);
    }

    private static Fixed ofShape(List<Size> shape) {
      boolean known = !shape.isEmpty() && shape.get(0).isConstant();
      return new Fixed(shape.size(), known ? shape.get(0).constant() : -1);
    }

    @Override
    public boolean isFixed() {
      return true;
    }
  }

  /**
   * What is made of each row alone, one row after the other along the first axis; the sizes of the
   * other axes are fixed.
   */
  record Rows(int rank, Entry entry) implements Value {}

  /** What an entry along the first axis is made of. */
  enum Entry {
    ROW,
    /** So that every row has a number of them, the same one. */
    PART_OF_ROW
  }

  /** Integers that do not depend on what rows hold: a shape, or a part of one. */
  record Numbers(int rank, List<Size> sizes) implements Value {
    @Override
    public boolean isFixed() {
      return sizes.stream().allMatch(Size::isFixed);
    }

    private static Numbers vector(List<Size> sizes) {
      return new Numbers(1, List.copyOf(sizes));
    }
  }

  /** May depend on anything. */
  record Unknown() implements Value {
    @Override
    public int rank() {
      return -1;
    }
  }

  /**
   * One integer.
   *
   * @param constant if it is one, otherwise 0
   */
  record Size(Kind kind, long constant) {

    private enum Kind {
      CONSTANT,
      FIXED,
      NUMBER_OF_ROWS,
      VARYING_WITH_NUMBER_OF_ROWS
    }

    private static final Size FIXED = new Size(Kind.FIXED, 0);
    private static final Size NUMBER_OF_ROWS = new Size(Kind.NUMBER_OF_ROWS, 0);
    private static final Size VARYING = new Size(Kind.VARYING_WITH_NUMBER_OF_ROWS, 0);

    private static Size of(long constant) {
      return new Size(Kind.CONSTANT, constant);
    }

    private boolean isConstant() {
      return kind == Kind.CONSTANT;
    }

    private boolean isFixed() {
      return isConstant() || kind == Kind.FIXED;
    }
  }

  private static final Unknown UNKNOWN = new Unknown();

  /** Longer lists of integers are no shapes. */
  private static final int MOST_NUMBERS = 64;

  /** Each element of the result is made of those in its place. */
  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Abs",
          "Add",
          "Cast",
          "Clip",
          "Cos",
          "DequantizeLinear",
          "Div",
          "Equal",
          "Erf",
          "Exp",
          "Gelu",
          "Identity",
          "Mul",
          "Neg",
          "Pow",
          "QuantizeLinear",
          "Reciprocal",
          "Relu",
          "Sigmoid",
          "Sin",
          "Sqrt",
          "Sub",
          "Tanh",
          "Where");

  private static final Set<String> TAKING_TWO = Set.of("Expand", "Gather", "MatMul", "Reshape");

  private final OnnxGraph graph;
  private final Map<String, Value> values = new HashMap<>();

  private RowDependence(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Goes through a graph.
   *
   * @param inputs that are known; the others may depend on anything
   */
  static RowDependence of(OnnxGraph graph, Map<String, Value> inputs) throws DiffusionException {
    RowDependence dependence = new RowDependence(graph);
    for (Tensor initializer : graph.initializers().values()) {
      dependence.values.put(initializer.name(), constant(initializer));
    }
    dependence.values.putAll(inputs);
    for (Node node : graph.nodes()) {
      Value result = dependence.result(node);
      node.outputs().stream()
          .filter(output -> !output.isEmpty())
          .forEach(output -> dependence.values.put(output, result));
    }
    return dependence;
  }

  /** How a value depends on rows. */
  Value of(String value) {
    return values.getOrDefault(value, UNKNOWN);
  }

  private static Value constant(Tensor tensor) throws DiffusionException {
    int rank = tensor.dims().size();
    boolean few = rank == 0 || (rank == 1 && tensor.dims().get(0) <= MOST_NUMBERS);
    return few && tensor.type() == TensorType.INT64
        ? new Numbers(rank, LongStream.of(tensor.longs()).mapToObj(Size::of).toList())
        : Fixed.of(tensor);
  }

  private Value result(Node node) throws DiffusionException {
    if (node.opType().equals("Constant")) {
      Tensor tensor = graph.constant(node.outputs().get(0));
      return tensor == null ? Fixed.OF_ANY_SHAPE : constant(tensor);
    }
    List<Value> inputs =
        node.inputs().stream().filter(input -> !input.isEmpty()).map(this::of).toList();
    if (!node.isStandard() || node.hasCaptures() || inputs.contains(UNKNOWN)) {
      return UNKNOWN;
    }
    boolean complete = inputs.size() >= (TAKING_TWO.contains(node.opType()) ? 2 : 1);
    Value result = complete ? result(node, inputs) : UNKNOWN;
    return result == UNKNOWN && inputs.stream().allMatch(Value::isFixed)
        ? Fixed.OF_ANY_SHAPE
        : result;
  }

  private Value result(Node node, List<Value> inputs) throws DiffusionException {
    if (ELEMENTWISE.contains(node.opType())) {
      return elementwise(node, inputs);
    }
    return switch (node.opType()) {
      case "Shape" -> shape(node, inputs.get(0));
      case "ConstantOfShape" -> constantOfShape(inputs.get(0));
      case "Gather" -> gather(node, inputs.get(0));
      case "Slice" -> slice(node, inputs);
      case "Concat" -> concat(node, inputs);
      case "Split" -> alongAxes(List.of(node.integer("axis", 0)), inputs);
      case "Unsqueeze" -> unsqueeze(node, inputs.get(0));
      case "Squeeze" -> squeeze(node, inputs.get(0));
      case "Reshape" -> reshape(inputs);
      case "Expand" -> expand(inputs);
      case "Transpose" -> transpose(node, inputs.get(0));
      case "Softmax", "LayerNormalization" -> alongAxes(List.of(node.integer("axis", -1)), inputs);
      case "ReduceMean" -> reduce(node, inputs);
      case "Conv", "InstanceNormalization", "GroupNormalization" -> rowsAndFixed(inputs);
      case "Gemm" -> node.integer("transA", 0) == 0 ? rowsAndFixed(inputs) : UNKNOWN;
      case "MatMul" -> matMul(inputs.get(0), inputs.get(1));
      default -> UNKNOWN;
    };
  }

  private static Value elementwise(Node node, List<Value> inputs) throws DiffusionException {
    List<Rows> rows =
        inputs.stream().filter(Rows.class::isInstance).map(Rows.class::cast).distinct().toList();
    if (rows.size() == 1) {
      Rows all = rows.get(0);
      return inputs.stream().allMatch(input -> input.equals(all) || broadcasts(input, all))
          ? all
          : UNKNOWN;
    }
    if (inputs.stream().allMatch(Numbers.class::isInstance)) {
      return keepsIntegers(node)
          ? inputs.get(0)
          : numbers(inputs.stream().map(Numbers.class::cast).toList());
    }
    if (inputs.size() == 1) {
      return inputs.get(0);
    }
    return inputs.stream().allMatch(input -> input.isFixed() && input.rank() >= 0)
        ? Fixed.ofRank(inputs.stream().mapToInt(Value::rank).max().orElseThrow())
        : UNKNOWN;
  }

  /** Whether a value goes to each of the rows, by ONNX's rules of broadcasting. */
  private static boolean broadcasts(Value value, Rows rows) {
    boolean forEach =
        value.rank() < rows.rank()
            || (value.rank() == rows.rank() && value instanceof Fixed fixed && fixed.first() == 1);
    return value.isFixed() && value.rank() >= 0 && forEach;
  }

  private static boolean keepsIntegers(Node node) throws DiffusionException {
    return switch (node.opType()) {
      case "Identity" -> true;
      case "Cast" -> TensorType.of(node.integer("to", 0)) == TensorType.INT64;
      default -> false;
    };
  }

  /** Numbers that are computed of others in their places. */
  private static Value numbers(List<Numbers> inputs) {
    int length = inputs.stream().mapToInt(input -> input.sizes().size()).max().orElseThrow();
    List<Size> sizes = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      boolean fixed = true;
      for (Numbers input : inputs) {
        List<Size> own = input.sizes();
        if (own.size() != 1 && own.size() != length) {
          return UNKNOWN;
        }
        fixed &= own.get(own.size() == 1 ? 0 : i).isFixed();
      }
      sizes.add(fixed ? Size.FIXED : Size.VARYING);
    }
    return new Numbers(inputs.stream().mapToInt(Numbers::rank).max().orElseThrow(), sizes);
  }

  private static Value shape(Node node, Value of) throws DiffusionException {
    List<Size> shape;
    if (of instanceof Numbers numbers) {
      shape = numbers.rank() == 0 ? List.of() : List.of(Size.of(numbers.sizes().size()));
    } else if (of.rank() >= 0) {
      shape = new ArrayList<>(Collections.nCopies(of.rank(), Size.FIXED));
      if (of instanceof Rows rows) {
        shape.set(0, rows.entry() == Entry.ROW ? Size.NUMBER_OF_ROWS : Size.VARYING);
      }
    } else {
      return UNKNOWN;
    }
    return part(shape, node.integer("start", 0), node.integer("end", Long.MAX_VALUE));
  }

  private static Numbers part(List<Size> sizes, long start, long end) {
    int from = clamped(start, sizes.size());
    int to = clamped(end, sizes.size());
    return Numbers.vector(sizes.subList(from, Math.max(from, to)));
  }

  /** An index as slices count it: from the end where it is negative. */
  private static int clamped(long index, int length) {
    return (int) Math.max(0, Math.min(length, index < 0 ? index + length : index));
  }

  private static Value constantOfShape(Value shape) {
    if (!(shape instanceof Numbers numbers) || !numbers.isFixed()) {
      return UNKNOWN;
    }
    List<Size> sizes = numbers.sizes();
    Size length = sizes.size() == 1 ? sizes.get(0) : Size.FIXED;
    boolean few =
        length.isConstant() && length.constant() >= 0 && length.constant() <= MOST_NUMBERS;
    return few
        ? Numbers.vector(Collections.nCopies((int) length.constant(), Size.FIXED))
        : Fixed.ofShape(sizes);
  }

  private Value gather(Node node, Value of) {
    List<Long> indexes = constants(node, 1);
    if (!(of instanceof Numbers numbers) || indexes.isEmpty()) {
      return UNKNOWN;
    }
    int length = numbers.sizes().size();
    List<Size> gathered = new ArrayList<>();
    for (long index : indexes) {
      long at = index < 0 ? index + length : index;
      if (at < 0 || at >= length) {
        return UNKNOWN;
      }
      gathered.add(numbers.sizes().get((int) at));
    }
    return new Numbers(of(node.inputs().get(1)).rank(), gathered);
  }

  private Value slice(Node node, List<Value> inputs) {
    if (inputs.get(0) instanceof Numbers numbers) {
      List<Long> starts = constants(node, 1);
      List<Long> ends = constants(node, 2);
      boolean dense = node.inputs().size() < 5 || constants(node, 4).equals(List.of(1L));
      return dense && starts.size() == 1 && ends.size() == 1
          ? part(numbers.sizes(), starts.get(0), ends.get(0))
          : UNKNOWN;
    }
    return alongAxes(constants(node, 3), inputs);
  }

  private static Value concat(Node node, List<Value> inputs) throws DiffusionException {
    if (inputs.stream().allMatch(Numbers.class::isInstance)) {
      return Numbers.vector(
          inputs.stream().flatMap(input -> ((Numbers) input).sizes().stream()).toList());
    }
    return inputs.stream().distinct().count() == 1
        ? alongAxes(List.of(node.integer("axis", 0)), inputs.subList(0, 1))
        : UNKNOWN;
  }

  private Value unsqueeze(Node node, Value of) throws DiffusionException {
    List<Long> axes = axes(node);
    if (of instanceof Numbers numbers) {
      return numbers.rank() == 0 && axes.size() == 1 ? Numbers.vector(numbers.sizes()) : UNKNOWN;
    }
    int rank = of.rank() + axes.size();
    return haveFirst(axes, rank) ? UNKNOWN : withRank(of, rank);
  }

  private Value squeeze(Node node, Value of) throws DiffusionException {
    if (of instanceof Numbers numbers) {
      return numbers.sizes().size() == 1 ? new Numbers(0, numbers.sizes()) : UNKNOWN;
    }
    List<Long> axes = axes(node);
    return haveFirst(axes, of.rank()) ? UNKNOWN : withRank(of, of.rank() - axes.size());
  }

  private Value reduce(Node node, List<Value> inputs) throws DiffusionException {
    List<Long> axes = axes(node);
    Value of = alongAxes(axes, inputs);
    return node.integer("keepdims", 1) == 1 ? of : withRank(of, of.rank() - axes.size());
  }

  /** The axes of an operation: an attribute, or from some version on an input. */
  private List<Long> axes(Node node) throws DiffusionException {
    List<Long> axes = node.integers("axes");
    return axes.isEmpty() ? constants(node, 1) : axes;
  }

  private static Value withRank(Value of, int rank) {
    return of instanceof Rows rows && rank > 0 ? new Rows(rank, rows.entry()) : UNKNOWN;
  }

  private static Value reshape(List<Value> inputs) {
    if (!(inputs.get(1) instanceof Numbers shape)) {
      return UNKNOWN;
    }
    int rank = shape.sizes().size();
    if (inputs.get(0) instanceof Numbers numbers) {
      return rank <= 1 && numbers.sizes().size() == 1
          ? new Numbers(rank, numbers.sizes())
          : UNKNOWN;
    }
    if (inputs.get(0) instanceof Fixed) {
      return shape.isFixed() ? Fixed.ofShape(shape.sizes()) : UNKNOWN;
    }
    Rows rows = (Rows) inputs.get(0);
    if (rank == 0 || !shape.sizes().stream().skip(1).allMatch(Size::isFixed)) {
      return UNKNOWN;
    }
    Size first = shape.sizes().get(0);
    if (first.kind() == Size.Kind.NUMBER_OF_ROWS) {
      return new Rows(rank, Entry.ROW);
    }
    if (first.equals(Size.of(0))) {
      return new Rows(rank, rows.entry());
    }
    return first.equals(Size.of(-1)) ? new Rows(rank, Entry.PART_OF_ROW) : UNKNOWN;
  }

  /** Rows can be expanded to as many only, so a number that varies with theirs is the same. */
  private static Value expand(List<Value> inputs) {
    if (!(inputs.get(0) instanceof Rows rows) || !(inputs.get(1) instanceof Numbers shape)) {
      return UNKNOWN;
    }
    List<Size> sizes = shape.sizes();
    if (sizes.size() < rows.rank()) {
      return shape.isFixed() ? rows : UNKNOWN;
    }
    boolean keepsRows = !sizes.get(0).isFixed() || sizes.get(0).equals(Size.of(1));
    boolean fixesOthers = sizes.stream().skip(1).allMatch(Size::isFixed);
    return sizes.size() == rows.rank() && keepsRows && fixesOthers ? rows : UNKNOWN;
  }

  private static Value transpose(Node node, Value of) throws DiffusionException {
    List<Long> permutation = node.integers("perm");
    if (of instanceof Rows && !permutation.isEmpty() && permutation.get(0) == 0) {
      return of;
    }
    return of instanceof Fixed ? Fixed.ofRank(of.rank()) : UNKNOWN;
  }

  private static Value matMul(Value left, Value right) {
    boolean byWeights = right.isFixed() && right.rank() == 2 && left.rank() >= 2;
    boolean byRows = right.equals(left) && left.rank() >= 3;
    return left instanceof Rows && (byWeights || byRows) ? left : UNKNOWN;
  }

  /** What an operation along axes makes that do not include the rows'. */
  private static Value alongAxes(List<Long> axes, List<Value> inputs) {
    return haveFirst(axes, inputs.get(0).rank()) ? UNKNOWN : rowsAndFixed(inputs);
  }

  /** Whether the first axis may be among these, which are not known if there are none. */
  private static boolean haveFirst(List<Long> axes, int rank) {
    return axes.isEmpty() || axes.contains(0L) || axes.contains((long) -rank);
  }

  /** What an operation makes that computes each row alone, with the help of fixed values. */
  private static Value rowsAndFixed(List<Value> inputs) {
    Value first = inputs.get(0);
    return first instanceof Rows && inputs.stream().skip(1).allMatch(Value::isFixed)
        ? first
        : UNKNOWN;
  }

  /** The integers of an input; none where they are not constant, or absent. */
  private List<Long> constants(Node node, int input) {
    Value value = node.inputs().size() > input ? of(node.inputs().get(input)) : UNKNOWN;
    return value instanceof Numbers numbers && numbers.sizes().stream().allMatch(Size::isConstant)
        ? numbers.sizes().stream().map(Size::constant).toList()
        : List.of();
  }
}
