package io.chitra.diffusion.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.HalfPrecision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of named tensors. Opening it reads and checks its header; tensors are mapped into memory
 * when they are asked for. Immutable; the file must not change meanwhile.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsFile {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** As the reference implementation has it. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";

  /**
   * A tensor.
   *
   * @param shape outermost first; empty for a scalar
   * @param begin of its bytes in the file
   * @param end of its bytes in the file, exclusive
   */
  record Tensor(String name, String type, List<Long> shape, long begin, long end) {

    /**
     * The number of elements times the bytes of each; -1 where it is more than fits into 64 bits.
     */
    private long bytes(int ofOne) {
      try {
        long bytes = ofOne;
        for (long side : shape) {
          bytes = Math.multiplyExact(bytes, side);
        }
        return bytes;
      } catch (ArithmeticException e) {
        return -1;
      }
    }
  }

  private final Path file;
  private final Map<String, Tensor> tensors;
  private final Map<String, String> metadata;

  private SafetensorsFile(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    this.file = file;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.metadata = Map.copyOf(metadata);
  }

  /**
   * @throws DiffusionException permanent, when it is no such file, or not all of one
   */
  static SafetensorsFile open(Path file) throws DiffusionException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long headerBytes = size < Long.BYTES ? -1 : map(channel, 0, Long.BYTES).getLong();
      long begin = Long.BYTES + headerBytes;
      if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || begin > size) {
        throw malformed(file, "its header is %d bytes of %d".formatted(headerBytes, size), null);
      }
      ByteBuffer header = map(channel, Long.BYTES, headerBytes);
      return parse(file, StandardCharsets.UTF_8.decode(header).toString(), begin, size);
    } catch (IOException e) {
      throw DiffusionException.permanent("Cannot read %s: %s".formatted(file, e), e);
    }
  }

  private static ByteBuffer map(FileChannel channel, long begin, long size) throws IOException {
    return channel.map(MapMode.READ_ONLY, begin, size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static SafetensorsFile parse(Path file, String header, long begin, long size)
      throws DiffusionException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object(file, header).properties()) {
      if (entry.getKey().equals(METADATA)) {
        entry.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue(), begin));
      }
    }
    requireDense(file, tensors.values(), begin, size);
    return new SafetensorsFile(file, tensors, metadata);
  }

  private static ObjectNode object(Path file, String header) throws DiffusionException {
    try {
      if (JSON.readTree(header) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw malformed(file, "its header is not JSON: " + e.getOriginalMessage(), e);
    }
    throw malformed(file, "its header is no JSON object", null);
  }

  private static Tensor tensor(Path file, String name, JsonNode value, long begin)
      throws DiffusionException {
    List<Long> shape = integers(file, name, value.path("shape"));
    List<Long> offsets = integers(file, name, value.path("data_offsets"));
    if (offsets.size() != 2) {
      throw malformed(file, "tensor %s has data_offsets %s".formatted(name, offsets), null);
    }
    Tensor tensor =
        new Tensor(
            name,
            value.path("dtype").asText(),
            shape,
            begin + offsets.get(0),
            begin + offsets.get(1));
    int ofOne = bytes(tensor.type);
    if (ofOne > 0 && tensor.bytes(ofOne) != tensor.end - tensor.begin) {
      throw malformed(
          file,
          "tensor %s has %d bytes, but %s of %s"
              .formatted(name, tensor.end - tensor.begin, tensor.type, shape),
          null);
    }
    return tensor;
  }

  private static List<Long> integers(Path file, String name, JsonNode list)
      throws DiffusionException {
    List<Long> integers = new ArrayList<>();
    for (JsonNode value : list) {
      if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
        throw malformed(file, "tensor %s has %s in its header".formatted(name, list), null);
      }
      integers.add(value.asLong());
    }
    if (!list.isArray()) {
      throw malformed(file, "tensor %s has no shape or no data_offsets".formatted(name), null);
    }
    return integers;
  }

  /** Tensors follow each other without gaps or overlaps, to the end of the file. */
  private static void requireDense(Path file, Collection<Tensor> tensors, long begin, long size)
      throws DiffusionException {
    List<Tensor> inOrder = new ArrayList<>(tensors);
    inOrder.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
    long at = begin;
    for (Tensor tensor : inOrder) {
      if (tensor.begin != at || tensor.end < at || tensor.end > size) {
        throw malformed(
            file,
            "tensor %s has bytes %d to %d, where %d is next and the file ends at %d"
                .formatted(tensor.name, tensor.begin, tensor.end, at, size),
            null);
      }
      at = tensor.end;
    }
    if (at != size) {
      throw malformed(file, "its tensors end at byte %d of %d".formatted(at, size), null);
    }
  }

  /** Of one element; 0 for types that are not read. */
  private static int bytes(String type) {
    return switch (type) {
      case "F64", "I64" -> Long.BYTES;
      case "F32", "I32" -> Integer.BYTES;
      case "F16", "BF16" -> Short.BYTES;
      default -> 0;
    };
  }

  private static DiffusionException malformed(Path file, String why, @Nullable Throwable cause) {
    return DiffusionException.permanent(
        "Cannot read %s: it is not a safetensors file: %s".formatted(file, why), cause);
  }

  /** By name, in the header's order. */
  Map<String, Tensor> tensors() {
    return tensors;
  }

  /** What the file says about itself under a key; null when absent. */
  @Nullable String metadata(String key) {
    return metadata.get(key);
  }

  /**
   * A tensor's elements as float32.
   *
   * @throws DiffusionException permanent, when they are of a type that is not read, or cannot be
   *     read
   */
  float[] floats(Tensor tensor) throws DiffusionException {
    int ofOne = bytes(tensor.type);
    if (ofOne == 0) {
      throw DiffusionException.permanent(
          "Cannot use %s: tensor %s is of type %s, expected F32, F16 or BF16"
              .formatted(file, tensor.name, tensor.type));
    }
    ByteBuffer bytes;
    try (FileChannel channel = FileChannel.open(file)) {
      bytes = map(channel, tensor.begin, tensor.end - tensor.begin);
    } catch (IOException e) {
      throw DiffusionException.permanent("Cannot read %s: %s".formatted(file, e), e);
    }
    float[] floats = new float[bytes.remaining() / ofOne];
    for (int i = 0; i < floats.length; i++) {
      floats[i] =
          switch (tensor.type) {
            case "F64" -> (float) bytes.getDouble();
            case "F32" -> bytes.getFloat();
            case "F16" -> HalfPrecision.toFloat(bytes.getShort());
            case "BF16" -> HalfPrecision.bfloat16ToFloat(bytes.getShort());
            case "I64" -> bytes.getLong();
            default -> bytes.getInt();
          };
    }
    return floats;
  }
}
