package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.Message.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a graph declares of an input or an output. Immutable.
 *
 * @param dimensions outermost first; empty for a scalar, or where the graph does not say
 */
public record ValueInfo(String name, TensorType type, List<Dimension> dimensions) {

  private static final int NAME = 1;
  private static final int TYPE = 2;
  private static final int TENSOR_TYPE = 1;
  private static final int ELEMENT_TYPE = 1;
  private static final int SHAPE = 2;
  private static final int DIMENSION = 1;
  private static final int SIZE = 1;
  private static final int SYMBOL = 2;

  public ValueInfo {
    dimensions = List.copyOf(dimensions);
  }

  /**
   * A dimension.
   *
   * @param size -1 where it is open
   * @param symbol that open dimensions of one size share; empty where there is none
   */
  public record Dimension(long size, String symbol) {

    private Message message() {
      return size >= 0
          ? Message.of(Field.integer(SIZE, size))
          : symbol.isEmpty() ? Message.of() : Message.of(Field.text(SYMBOL, symbol));
    }
  }

  /** Reads a ValueInfoProto. */
  static ValueInfo read(Message message) throws DiffusionException {
    Message tensor = message(message.message(TYPE), TENSOR_TYPE);
    Message shape = message(tensor, SHAPE);
    List<Dimension> dimensions = new ArrayList<>();
    if (shape != null) {
      for (Message dimension : shape.messages(DIMENSION)) {
        dimensions.add(new Dimension(dimension.integer(SIZE, -1), dimension.text(SYMBOL)));
      }
    }
    TensorType type =
        tensor == null ? TensorType.OTHER : TensorType.of(tensor.integer(ELEMENT_TYPE, 0));
    return new ValueInfo(message.text(NAME), type, dimensions);
  }

  private static @Nullable Message message(@Nullable Message message, int number)
      throws DiffusionException {
    return message == null ? null : message.message(number);
  }

  /** The ValueInfoProto. */
  Message message() {
    Message shape =
        Message.of(
            dimensions.stream()
                .map(dimension -> Field.message(DIMENSION, dimension.message()))
                .toArray(Field[]::new));
    Message tensor =
        Message.of(Field.integer(ELEMENT_TYPE, type.code()), Field.message(SHAPE, shape));
    return Message.of(
        Field.text(NAME, name),
        Field.message(TYPE, Message.of(Field.message(TENSOR_TYPE, tensor))));
  }
}
