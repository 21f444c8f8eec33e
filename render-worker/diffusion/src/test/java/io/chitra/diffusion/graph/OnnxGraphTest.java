package io.chitra.diffusion.graph;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Golden;
import io.chitra.diffusion.graph.Message.Field;
import io.chitra.diffusion.graph.Sessions.Input;
import io.chitra.diffusion.lora.LoraGolden;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxGraphTest {

  private static final Map<String, Input> UNET_INPUTS =
      Map.of(
          "sample", new Input(new float[4 * 8 * 8], 1, 4, 8, 8),
          "timestep", new Input(new float[] {7}),
          "encoder_hidden_states", new Input(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 1, 8));

  @TempDir Path temp;

  @Test
  void readsWhatAnExporterWrote() throws Exception {
    OnnxGraph graph = OnnxGraph.read(LoraGolden.graph("sd1-unet"));
    assertEquals(
        "[batch_size, 4, height, width]",
        graph.inputs().get(0).dimensions().stream()
            .map(dimension -> dimension.size() < 0 ? dimension.symbol() : "" + dimension.size())
            .toList()
            .toString());
    Tensor weight = requireNonNull(graph.initializers().get("conv_in.weight"));
    assertEquals(List.of(8L, 4L, 3L, 3L), weight.dims());
    assertEquals(TensorType.FLOAT, weight.type());
    Node conv = graph.consumers("conv_in.weight").get(0);
    assertEquals("Conv /conv_in/Conv", conv.toString());
    assertEquals(List.of(3L, 3L), conv.integers("kernel_shape"));
    assertEquals(conv, graph.producer(conv.outputs().get(0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-unet", "sd1-dynamo-unet", "sd1-float16-unet"})
  void sameBitsFromBytesAsFromTheFile(String name) throws Exception {
    Path file = LoraGolden.graph(name);
    assertArrayEquals(
        Sessions.run(file, UNET_INPUTS, "out_sample"),
        Sessions.run(OnnxGraph.read(file), UNET_INPUTS, "out_sample"));
  }

  @Test
  void weightsStayInTheFile() throws Exception {
    Path file = Golden.starterModel().resolve("unet/model.onnx");
    OnnxGraph graph = OnnxGraph.read(file);
    assertTrue(graph.bytes().remaining() < Files.size(file) / 20);
    Map<String, Input> inputs = new HashMap<>(UNET_INPUTS);
    inputs.put("timestep", new Input(new float[] {7}, 1));
    inputs.put("encoder_hidden_states", new Input(new float[256], 1, 1, 256));
    assertArrayEquals(
        Sessions.run(file, inputs, "out_sample"), Sessions.run(graph, inputs, "out_sample"));
  }

  @Test
  void aGraphBehindALink() throws Exception {
    Path file = Files.copy(LoraGolden.graph("sd1-unet"), temp.resolve("blob"));
    Path link = Files.createDirectory(temp.resolve("unet")).resolve("model.onnx");
    Files.createSymbolicLink(link, file);
    assertArrayEquals(
        Sessions.run(file, UNET_INPUTS, "out_sample"),
        Sessions.run(OnnxGraph.read(link), UNET_INPUTS, "out_sample"));
  }

  /** A graph with its weights in another file of the folder: the inline ones of model.onnx. */
  private Path externalData(String location) throws Exception {
    Path inline = Files.copy(LoraGolden.graph("sd1-unet"), temp.resolve("model.onnx"));
    ByteBuffer graph = OnnxGraph.read(inline).bytes();
    byte[] bytes = new byte[graph.remaining()];
    graph.get(bytes);
    String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("model.onnx", location);
    Path file = temp.resolve("external.onnx");
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    return file;
  }

  @Test
  void externalData() throws Exception {
    Path file = externalData("model.onnx");
    float[] expected = Sessions.run(LoraGolden.graph("sd1-unet"), UNET_INPUTS, "out_sample");
    assertArrayEquals(expected, Sessions.run(OnnxGraph.read(file), UNET_INPUTS, "out_sample"));
    assertArrayEquals(
        weight(OnnxGraph.read(LoraGolden.graph("sd1-unet"))), weight(OnnxGraph.read(file)));
  }

  private static float[] weight(OnnxGraph graph) throws DiffusionException {
    return requireNonNull(graph.initializers().get("conv_in.weight")).floats();
  }

  @ParameterizedTest
  @CsvSource({
    "../mod.bin, outside of its folder",
    "/etc/hosts, outside of its folder",
    "link/m.bin, outside of its folder",
    "missing.on, cannot be opened",
    "folder.bin, are in no file",
  })
  void externalDataElsewhere(String location, String why) throws Exception {
    Path inside = Files.createDirectory(temp.resolve("inside"));
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.write(outside.resolve("m.bin"), new byte[1 << 20]);
    Files.write(temp.resolve("mod.bin"), new byte[1 << 20]);
    Files.createSymbolicLink(inside.resolve("link"), outside);
    Files.createDirectory(inside.resolve("folder.bin"));
    Path file = Files.move(externalData(location), inside.resolve("model.onnx"));
    assertBroken(file, "inside/model.onnx", "conv_in.weight", "'" + location + "'", why);
  }

  @Test
  void externalDataThatIsCut() throws Exception {
    Path file = externalData("model.onnx");
    try (RandomAccessFile weights =
        new RandomAccessFile(temp.resolve("model.onnx").toFile(), "rw")) {
      weights.setLength(weights.length() / 2);
    }
    assertBroken(file, "of model.onnx", "is it complete?");
  }

  @Test
  void filesThatAreNoGraphs() throws Exception {
    assertBroken(temp.resolve("model.onnx"), "NoSuchFile");
    assertBroken(file(new byte[0]), "it has no graph");
    assertBroken(file("{\"hello\": 1}".getBytes(StandardCharsets.UTF_8)), "not an ONNX graph");
    Path large = temp.resolve("large.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    assertBroken(large, "3221225472 bytes", "external data");
  }

  /** Whatever bytes are missing or wrong, it is a graph or a permanent error. */
  @Test
  void damagedGraphs() throws Exception {
    byte[] whole = Files.readAllBytes(LoraGolden.graph("sd1-text_encoder"));
    Random random = new Random(5);
    int broken = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged =
          i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        OnnxGraph.read(file(damaged)).bytes();
      } catch (DiffusionException e) {
        assertTrue(e.permanent(), e.toString());
        broken++;
      }
    }
    assertTrue(broken > 200, broken + " of 400");
  }

  @Test
  void tensorsOfTheWrongSize() {
    assertEquals(
        "Cannot read a new message: it is not an ONNX graph: "
            + "tensor w has 20 bytes, but FLOAT of [2, 3]",
        assertThrows(
                DiffusionException.class,
                () -> tensor(TensorType.FLOAT, Field.bytes(9, ByteBuffer.allocate(20)), 2, 3))
            .getMessage());
    assertThrows(
        DiffusionException.class,
        () -> tensor(TensorType.FLOAT, Field.bytes(9, ByteBuffer.allocate(0)), -1, 1L << 62, 4));
  }

  @Test
  void elementsThatAreListed() throws Exception {
    ByteBuffer packed = ByteBuffer.wrap(new byte[] {0, 0, (byte) 0xc0, 0x3f, 0, 0, 0, (byte) 0xc0});
    assertArrayEquals(
        new float[] {1.5f, -2}, tensor(TensorType.FLOAT, Field.bytes(4, packed), 2).floats());
    assertArrayEquals(new float[] {-1}, tensor(TensorType.INT8, Field.integer(5, -1), 1).floats());
    assertArrayEquals(
        new float[] {1}, tensor(TensorType.FLOAT16, Field.integer(5, 0x3c00)).floats());
    assertArrayEquals(new long[] {-5}, tensor(TensorType.INT64, Field.integer(7, -5), 1).longs());
  }

  /** Whatever a weight's type is, it stays in the file, and its type stays what it was. */
  @Test
  void typesThatAreNotLookedInto() throws Exception {
    int fourBits = 22;
    Message weight =
        Message.of(
            Field.text(8, "w"),
            Field.integer(2, fourBits),
            Field.integer(1, 4096),
            Field.bytes(9, ByteBuffer.allocate(2048)));
    Node cast = Node.of("cast", "Cast", List.of("w"), "out").plus("to", 1);
    Message graph =
        Message.of(
            Field.message(1, cast.message()),
            Field.message(5, weight),
            Field.message(12, Message.of(Field.text(1, "out"))));
    OnnxGraph read = OnnxGraph.read(file(bytes(Message.of(Field.message(7, graph)))));
    assertEquals(TensorType.OTHER, requireNonNull(read.initializers().get("w")).type());
    ByteBuffer changed = read.bytes();
    assertTrue(changed.remaining() < 200, changed.toString());
    Message written = requireNonNull(Message.parse("", changed).message(7)).messages(5).get(0);
    assertEquals(fourBits, written.integer(2, 0));
  }

  private static Tensor tensor(TensorType type, Field elements, long... dims)
      throws DiffusionException, IOException {
    Message message = Message.of(Field.text(8, "w"), Field.integer(2, type.code()), elements);
    Field[] fields = Arrays.stream(dims).mapToObj(d -> Field.integer(1, d)).toArray(Field[]::new);
    return Tensor.read(message.with(1, fields), GraphFiles.of(LoraGolden.graph("sd1-unet")));
  }

  /** What only a graph within a node refers to is in use, what nothing refers to is not. */
  @Test
  void leavesOutWhatNothingUses() throws Exception {
    Node used = Node.of("used", "Shape", List.of("x"), "captured");
    Node unused = Node.of("unused", "Shape", List.of("x", "constant"), "forgotten");
    Node inner = Node.of("inner", "Identity", List.of("captured"), "y");
    Message branch = Message.of(Field.message(1, inner.message()));
    Message attribute = Message.of(Field.text(1, "then_branch"), Field.message(6, branch));
    Node branching =
        Node.read(
            Node.of("if", "If", List.of("x"), "out")
                .message()
                .with(5, Field.message(5, attribute)));
    Message graph = Message.of(Field.message(12, Message.of(Field.text(1, "out"))));
    OnnxGraph empty = OnnxGraph.read(file(bytes(Message.of(Field.message(7, graph)))));

    OnnxGraph kept =
        empty.with(List.of(used, unused, branching), List.of(Tensor.integers("constant", 1)));

    assertEquals(List.of(used, branching), kept.nodes());
    assertEquals(Map.of(), kept.initializers());
  }

  private static byte[] bytes(Message message) {
    ByteBuffer encoded = message.encode();
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(temp.resolve("graph.onnx"), bytes);
  }

  private static void assertBroken(Path file, String... contents) {
    DiffusionException e = assertThrows(DiffusionException.class, () -> OnnxGraph.read(file));
    assertTrue(e.permanent(), e.toString());
    for (String content : contents) {
      assertTrue(e.toString().contains(content), e.toString());
    }
  }
}
