package io.chitra.diffusion.graph;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.chitra.diffusion.Golden;
import io.chitra.diffusion.graph.Message.Field;
import io.chitra.diffusion.graph.Sessions.Input;
import io.chitra.diffusion.graph.Sessions.Session;
import io.chitra.diffusion.graph.ValueInfo.Dimension;
import io.chitra.diffusion.lora.LoraGolden;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedPrefixTest {

  private static final Path LAYOUTS = Path.of("src/test/resources/golden/layouts/models");
  private static final Set<String> OF_PICTURES = Set.of("sample", "timestep");
  private static final Dimension OPEN = new Dimension(-1, "");

  /** For each row, which picture it is of. */
  private static final int[][] MAPS = {
    {0, 0, 1, 1}, {0, 1, 1, 2}, {0}, {1, 0}, {0, 0}, {2, 0, 1, 0, 2, 1, 1}
  };

  @TempDir Path temp;

  private static Path file(String name) throws Exception {
    return name.equals("starter")
        ? Golden.starterModel().resolve("unet/model.onnx")
        : name.startsWith("layouts/")
            ? LAYOUTS.resolve(name.substring("layouts/".length())).resolve("unet/model.onnx")
            : LoraGolden.graph(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "starter",
        "layouts/sd1",
        "layouts/sd2",
        "layouts/sdxl",
        "layouts/inpaint",
        "layouts/lcm",
        "layouts/wide",
        "sd1-unet",
        "sd2-unet",
        "sdxl-unet",
        "inpaint-unet",
        "lcm-unet",
        "sd1-dynamo-unet"
      })
  void rowsAreWhatTheyAreInTheUnchangedGraph(String name) throws Exception {
    OnnxGraph perRow = TimestepPerRow.of(OnnxGraph.read(file(name))).orElseThrow();
    Optional<OnnxGraph> anySize = UpsampleToSkip.of(perRow);
    OnnxGraph graph = anySize.orElse(perRow);
    OnnxGraph changed = SharedPrefix.of(graph).orElseThrow();
    long[][] sizes =
        anySize.isPresent() ? new long[][] {{8, 12}, {9, 13}, {7, 1}} : new long[][] {{8, 12}};
    try (Session shared = Sessions.open(changed);
        Session unchanged = Sessions.open(graph)) {
      for (long[] size : sizes) {
        for (int[] pictureOfRow : MAPS) {
          Map<String, Input> ofPictures = inputs(changed, size, pictureOfRow);
          assertArrayEquals(
              unchanged.run(ofRows(ofPictures, pictureOfRow), "out_sample"),
              shared.run(ofPictures, "out_sample"),
              "%s %s %s".formatted(name, Arrays.toString(size), Arrays.toString(pictureOfRow)));
        }
      }
    }
  }

  /**
   * The CPU computes float16 as float32, and rounds what is repeated; so a row is what it is alone,
   * but in the last bits not what it is in the unchanged graph.
   */
  @Test
  void rowsOfFloat16AreWhatTheyAreAlone() throws Exception {
    OnnxGraph graph =
        UpsampleToSkip.of(TimestepPerRow.of(OnnxGraph.read(file("sd1-float16-unet"))).orElseThrow())
            .orElseThrow();
    OnnxGraph changed = SharedPrefix.of(graph).orElseThrow();
    int[] pictureOfRow = {0, 1, 1, 2};
    Map<String, Input> ofPictures = inputs(changed, new long[] {9, 13}, pictureOfRow);
    Map<String, Input> ofRows = ofRows(ofPictures, pictureOfRow);
    try (Session shared = Sessions.open(changed)) {
      float[] together = shared.run(ofPictures, "out_sample");

      assertArrayEquals(Sessions.run(graph, ofRows, "out_sample"), together, 2e-3f);
      int size = together.length / pictureOfRow.length;
      for (int row = 0; row < pictureOfRow.length; row++) {
        int[] index = {row};
        Map<String, Input> alone = new HashMap<>();
        ofRows.forEach((name, input) -> alone.put(name, repeated(input, index)));
        alone.put(SharedPrefix.PICTURE_OF_ROW, new Input(new float[] {0}, 1));
        assertArrayEquals(
            shared.run(alone, "out_sample"),
            Arrays.copyOfRange(together, row * size, (row + 1) * size));
      }
    }
  }

  /** Numbers for each input, other ones for each picture and each row. */
  private static Map<String, Input> inputs(OnnxGraph changed, long[] size, int[] pictureOfRow) {
    Random random = new Random(1);
    int pictures = Arrays.stream(pictureOfRow).max().orElseThrow() + 1;
    Map<String, Input> inputs = new HashMap<>();
    for (ValueInfo input : changed.inputs()) {
      long[] shape = input.dimensions().stream().mapToLong(Dimension::size).toArray();
      shape[0] = OF_PICTURES.contains(input.name()) ? pictures : pictureOfRow.length;
      if (shape.length == 4) {
        shape[2] = size[0];
        shape[3] = size[1];
      } else if (shape.length == 3) {
        shape[1] = 5;
      }
      float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      inputs.put(input.name(), new Input(values, shape));
    }
    float[] timesteps = {999, 321, 1};
    inputs.put("timestep", new Input(Arrays.copyOf(timesteps, pictures), pictures));
    float[] indexes = new float[pictureOfRow.length];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = pictureOfRow[i];
    }
    inputs.put(SharedPrefix.PICTURE_OF_ROW, new Input(indexes, indexes.length));
    return inputs;
  }

  /** The same for a graph that takes everything a row. */
  private static Map<String, Input> ofRows(Map<String, Input> ofPictures, int[] pictureOfRow) {
    Map<String, Input> ofRows = new HashMap<>();
    ofPictures.forEach(
        (name, input) ->
            ofRows.put(name, OF_PICTURES.contains(name) ? repeated(input, pictureOfRow) : input));
    return ofRows;
  }

  private static Input repeated(Input input, int[] indexes) {
    long[] shape = input.shape().clone();
    int size = input.values().length / (int) shape[0];
    shape[0] = indexes.length;
    float[] values = new float[indexes.length * size];
    for (int i = 0; i < indexes.length; i++) {
      System.arraycopy(input.values(), indexes[i] * size, values, i * size, size);
    }
    return new Input(values, shape);
  }

  @Test
  void declaresWhatIsOfPicturesAndWhatIsOfRows() throws Exception {
    OnnxGraph graph = TimestepPerRow.of(OnnxGraph.read(file("sdxl-unet"))).orElseThrow();
    OnnxGraph changed = SharedPrefix.of(graph).orElseThrow();
    assertEquals(
        Map.of(
            "sample", "FLOAT [pictures, 4, height, width]",
            "timestep", "FLOAT [pictures]",
            "encoder_hidden_states", "FLOAT [batch_size, sequence_length, 16]",
            "text_embeds", "FLOAT [batch_size, 8]",
            "time_ids", "FLOAT [batch_size, 6]",
            "picture_of_row", "INT64 [batch_size]"),
        changed.inputs().stream()
            .collect(Collectors.toMap(ValueInfo::name, SharedPrefixTest::declaration)));
    assertEquals(graph.outputs(), changed.outputs());
  }

  private static String declaration(ValueInfo value) {
    return value.type()
        + " "
        + value.dimensions().stream()
            .map(d -> d.size() >= 0 ? String.valueOf(d.size()) : d.symbol())
            .toList();
  }

  /** Up to the first cross attention: its query, and the tensor that its result is added to. */
  @Test
  void sharesAllThatComesBeforeThePrompt() throws Exception {
    OnnxGraph changed = SharedPrefix.of(OnnxGraph.read(file("starter"))).orElseThrow();
    Set<String> repeated =
        changed.consumers(SharedPrefix.PICTURE_OF_ROW).stream()
            .map(repeat -> requireNonNull(changed.producer(repeat.inputs().get(0))).name())
            .filter(name -> !name.contains("time_emb_proj"))
            .collect(Collectors.toSet());
    String first = "/m/down_blocks.1/attentions.0/transformer_blocks.0/";
    assertEquals(
        Set.of(
            "/m/conv_in/Conv",
            "/m/down_blocks.0/resnets.0/Add_1",
            "/m/down_blocks.0/downsamplers.0/conv/Conv",
            "/m/down_blocks.1/resnets.0/Add_1",
            first + "Add",
            first + "attn2/to_q/MatMul"),
        repeated.stream().filter(name -> !name.contains("Unsqueeze")).collect(Collectors.toSet()));
  }

  @Test
  void leavesGraphsWithoutAnythingToShare() throws Exception {
    assertTrue(SharedPrefix.of(OnnxGraph.read(LoraGolden.graph("sd1-text_encoder"))).isEmpty());
    assertTrue(SharedPrefix.of(graph("x = Identity encoder_hidden_states")).isEmpty());
    assertTrue(SharedPrefix.of(graph("x = Mul sample encoder_hidden_states")).isEmpty());
    OnnxGraph graph = graph("x = Exp sample");
    Node without = Node.of("out", "Identity", List.of("x"), "out_sample");
    assertTrue(
        SharedPrefix.of(graph.with(List.of(graph.nodes().get(0), without), List.of())).isEmpty());
    ValueInfo one =
        new ValueInfo("sample", TensorType.FLOAT, List.of(new Dimension(1, ""), OPEN, OPEN, OPEN));
    assertTrue(SharedPrefix.of(graph.declaring(one)).isEmpty());
  }

  @Test
  void leavesGraphsWithBranches() throws Exception {
    Node inner = Node.of("inner", "Identity", List.of("x"), "y");
    Message branch = Message.of(Field.message(1, inner.message()));
    Message attribute = Message.of(Field.text(1, "then_branch"), Field.message(6, branch));
    Node branching =
        Node.read(
            Node.of("if", "If", List.of("condition"), "z")
                .message()
                .with(5, Field.message(5, attribute)));
    OnnxGraph graph = graph("x = Exp sample");
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.add(Node.of("out", "Add", List.of("z", "steer"), "out_sample"));
    nodes.add(nodes.size() - 1, branching);
    assertTrue(SharedPrefix.of(graph.with(nodes, List.of())).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = Softmax sample axis=1",
        "x = Softmax sample axis=-1",
        "x = Transpose sample perm=[0,2,3,1]",
        "x = Split sample axis=1 num_outputs=2",
        "x = ReduceMean sample [1,-1] keepdims=1",
        "m = ReduceMean sample [2,3] keepdims=0; x = Unsqueeze m [-1,-2]",
        "m = ReduceMean sample [1] keepdims=1; s = Squeeze m [1]; x = Unsqueeze s [1]",
        "x = Slice sample [1] [3] [1]",
        "x = Slice sample [0] [4] [-1] [2]",
        "x = Concat sample sample axis=-3",
        "x = Reshape sample [0,2,2,-1]",
        // the number of rows, taken from a shape in several ways
        "s = Shape sample; b = Slice s [0] [1]; n = Concat b [-1] [2,1] axis=0; "
            + "x = Reshape sample n",
        "s = Shape sample; b = Slice s [-9] [-3]; n = Concat b [-1] [2,1] axis=0; "
            + "x = Reshape sample n",
        "s = Shape sample; b = Gather s -4; u = Unsqueeze b [0]; n = Concat u [2,2,-1] axis=0; "
            + "x = Reshape sample n",
        "b = Shape sample start=0 end=1; q = Squeeze b; r = Reshape q [-1]; c = Cast r to=7; "
            + "n = Concat c [1,4,-1] axis=0; x = Reshape sample n",
        // rows that are in parts for a while
        "p = Reshape sample [-1,2,2]; e = Exp p; s = Shape sample; x = Reshape e s",
        "s = Shape sample; h = Slice s [2] [4]; n = Concat [-1] h axis=0; p = Reshape sample n; "
            + "q = MatMul p p; x = Reshape q s",
        // a vector expanded to itself, as torch.onnx writes it
        "s = Shape sample; b = Slice s [0] [1]; l = Shape b; o = ConstantOfShape l; "
            + "i = Cast o to=7; m = Mul i -1; e = Equal b m; w = Where e i b; "
            + "t = Expand timestep w; x = Unsqueeze t [1,2,3]",
        // constants, computed and not
        "z = ConstantOfShape [1,4,1,1]; o = Cos z; x = Add sample o",
        "z = ConstantOfShape [4,4,1,1]; o = Cos z; x = Conv sample o",
        "z = ConstantOfShape [2,3]; o = Cos z; x = MatMul sample o",
        "f = ReduceMean sample [2,3] keepdims=0; z = ConstantOfShape [4,4]; o = Cos z; "
            + "g = Gemm f o; x = Unsqueeze g [2,3]",
        "z = ConstantOfShape [4]; o = Cos z; x = InstanceNormalization sample o z",
        "z = ConstantOfShape [2]; o = Cos z; x = LayerNormalization sample o z",
        "s = Shape sample; w = Gather s 3; f = Cast w to=1; r = Sqrt f; e = Exp sample; "
            + "x = Pow e r",
      })
  void whatIsMadeOfEachRowAloneIsShared(String operations) throws Exception {
    OnnxGraph changed = requireSameResults(operations).orElseThrow();
    assertNotNull(changed.producer("x/of_rows"), operations);
    assertEquals("Gather", requireNonNull(changed.producer("x/of_rows")).opType());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = Softmax sample axis=0",
        "x = Softmax sample axis=-4",
        "x = CumSum sample 0",
        "x = ReduceMean sample [0] keepdims=1",
        "x = ReduceMean sample keepdims=1",
        "x = ReduceMean sample [-4,1] keepdims=1",
        "m = ReduceMean sample [0] keepdims=0; x = Exp m",
        "t = Transpose sample perm=[1,0,2,3]; s = Softmax t axis=1; "
            + "x = Transpose s perm=[1,0,2,3]",
        "t = Transpose sample; s = Softmax t axis=3; x = Transpose s",
        "x = Slice sample [0] [1] [0]",
        "x = Slice sample [0] [1]",
        "x = Slice sample [-1] [9] [-4]",
        "x = Gather sample [0] axis=0",
        "c = Concat sample sample axis=0; x = ReduceMean c [0] keepdims=1",
        "s = Shape sample; r = Reshape sample [1,-1,2,2]; y = Softmax r axis=1; x = Reshape y s",
        "s = Shape sample; r = Reshape sample [-1]; y = Softmax r axis=0; x = Reshape y s",
        "s = Shape sample; r = Reshape sample [4,-1]; y = Softmax r axis=1; x = Reshape y s",
        "x = Squeeze sample",
        "u = Unsqueeze sample [0]; s = Softmax u axis=1; x = Squeeze s [0]",
        "u = Unsqueeze timestep [0]; s = Softmax u axis=1; q = Squeeze s [0]; "
            + "x = Unsqueeze q [1,2,3]",
        // the number of rows as a number
        "s = Shape sample; b = Gather s 0; f = Cast b to=1; x = Mul sample f",
        "s = Shape sample; b = Gather s [-4]; f = Cast b to=1; x = Add sample f",
        "s = Shape sample; f = Cast s to=1; p = ReduceMean f [0] keepdims=1; x = Sub sample p",
        "b = Shape sample start=0 end=1; z = ConstantOfShape b; o = Cos z; "
            + "m = ReduceMean o [0] keepdims=1; y = CumSum o 0; u = Unsqueeze y [1,2,3]; "
            + "x = Mul u sample",
        "n = Size sample; f = Cast n to=1; x = Div sample f",
        // what would go to other axes than the rows'
        "z = ConstantOfShape [4,1]; o = Cos z; m = Mul timestep o; t = Transpose m; "
            + "x = Unsqueeze t [2,3]",
        "u = Unsqueeze timestep [1]; s = Shape sample; b = Slice s [0] [1]; "
            + "n = Concat [4] b [1] axis=0; e = Expand u n; m = ReduceMean e [1] keepdims=0; "
            + "x = Unsqueeze m [2,3]",
        "f = Slice sample [0,0] [1,1] [1,2]; m = Squeeze f [1,2]; y = Add sample m; x = Exp y",
        "q = Reshape sample [0,-1]; s = Shape q; t = Transpose q; y = MatMul q t; "
            + "m = ReduceMean y [1] keepdims=0; x = Unsqueeze m [1,2,3]",
        "s = Shape sample; n = Slice s [0] [2]; e = Expand timestep n; x = Unsqueeze e [2,3]",
        "m = ReduceMean sample [3] keepdims=1; b = Shape sample start=0 end=1; x = Expand m b",
        "m = ReduceMean sample [3] keepdims=1; b = Shape sample start=0 end=1; "
            + "n = Concat [1,1,1] b axis=0; x = Expand m n",
        "b = Shape sample start=0 end=1; n = Concat b b [-1] axis=0; x = Reshape sample n",
        "b = Shape sample start=0 end=1; d = Mul b [2]; n = Concat d [2,2,2] axis=0; "
            + "y = Reshape sample n; x = ReduceMean y [0] keepdims=1",
        "b = Shape sample start=0 end=1; z = ConstantOfShape b; o = Cos z; "
            + "u = Unsqueeze o [1,2,3]; y = Exp sample; x = Add y u",
        // what runs with four rows only, or with two
        "f = ReduceMean sample [2,3] keepdims=0; m = MatMul f f; x = Unsqueeze m [2,3]",
        "f = ReduceMean sample [2,3] keepdims=0; g = Gemm f f transA=1; x = Unsqueeze g [0]",
        "f = ReduceMean sample [2,3] keepdims=0; z = ConstantOfShape [2,3]; o = Cos z; "
            + "g = Gemm f o transA=1; x = Unsqueeze g [0]",
        "x = InstanceNormalization sample timestep timestep",
        "z = ConstantOfShape [2,1,2,2]; c = Cos z; x = Concat sample c axis=1",
        "z = ConstantOfShape [2,1,1,1]; c = Cos z; x = Add sample c",
        "x = Expand sample [2,1,1,1]",
        "x = Expand timestep [2,1,1,2]",
        "x = Reshape sample [2,-1,2,2]",
        // an operation by another's name
        "x = Exp sample domain=elsewhere",
      })
  void whatIsMadeOfSeveralRowsIsNotShared(String operations) throws Exception {
    Optional<OnnxGraph> changed =
        operations.contains("elsewhere")
            ? SharedPrefix.of(graph(operations))
            : requireSameResults(operations);
    changed.ifPresent(graph -> assertNull(graph.producer("x/of_rows"), operations));
  }

  /** Where the unchanged graph runs, the changed one does too, and gives the same. */
  private Optional<OnnxGraph> requireSameResults(String operations) throws Exception {
    OnnxGraph graph = graph(operations);
    Optional<OnnxGraph> changed = SharedPrefix.of(graph);
    int runs = 0;
    try (Session unchanged = Sessions.open(graph)) {
      for (int[] pictureOfRow : MAPS) {
        Map<String, Input> ofPictures =
            inputs(changed.orElse(graph), new long[] {2, 2}, pictureOfRow);
        Map<String, Input> ofRows = ofRows(ofPictures, pictureOfRow);
        float[] expected;
        try {
          expected = unchanged.run(ofRows, "out_sample");
        } catch (OrtException e) {
          continue;
        }
        runs++;
        if (changed.isPresent()) {
          assertArrayEquals(
              expected,
              Sessions.run(changed.get(), ofPictures, "out_sample"),
              operations + Arrays.toString(pictureOfRow));
        }
      }
    }
    assertTrue(runs > 0, operations);
    return changed;
  }

  /**
   * A graph that adds a prompt to what operations make of {@code sample} and {@code timestep} as
   * {@code x}. They are written {@code result = Operation input [1,2] 3 attribute=4}, where numbers
   * are constant inputs.
   */
  private OnnxGraph graph(String operations) throws Exception {
    Dimension batch = new Dimension(-1, "batch");
    Dimension four = new Dimension(4, "");
    Dimension one = new Dimension(1, "");
    Message empty =
        Message.of(
            Field.text(2, "test"),
            Field.message(11, value("sample", batch, four, OPEN, OPEN)),
            Field.message(11, value("timestep", batch)),
            Field.message(11, value("encoder_hidden_states", batch, OPEN, one)),
            Field.message(12, value("out_sample")));
    Message opset = Message.of(Field.integer(2, 18));
    Message model =
        Message.of(Field.integer(1, 8), Field.message(8, opset), Field.message(7, empty));
    ByteBuffer encoded = model.encode();
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    List<Node> nodes = new ArrayList<>();
    List<Tensor> constants = new ArrayList<>();
    for (String operation : operations.split("; ", -1)) {
      nodes.add(node(operation.split(" ", -1), constants));
    }
    constants.add(Tensor.integers("axes", 1));
    nodes.add(Node.of("prompt", "ReduceMean", List.of("encoder_hidden_states", "axes"), "prompt"));
    nodes.add(Node.of("steer", "Unsqueeze", List.of("prompt", "axes"), "steer"));
    nodes.add(Node.of("out", "Add", List.of("x", "steer"), "out_sample"));
    return OnnxGraph.read(Files.write(temp.resolve("model.onnx"), bytes)).with(nodes, constants);
  }

  private static Message value(String name, Dimension... dimensions) {
    return new ValueInfo(name, TensorType.FLOAT, List.of(dimensions)).message();
  }

  private static Node node(String[] words, List<Tensor> constants) throws Exception {
    List<String> inputs = new ArrayList<>();
    List<Field> attributes = new ArrayList<>();
    String domain = "";
    for (String word : List.of(words).subList(3, words.length)) {
      if (word.startsWith("domain=")) {
        domain = word.substring("domain=".length());
      } else if (word.contains("=")) {
        String[] attribute = word.split("=", -1);
        attributes.add(Field.message(5, attribute(attribute[0], attribute[1])));
      } else if (Character.isLetter(word.charAt(0))) {
        inputs.add(word);
      } else {
        String name = "constant" + constants.size();
        constants.add(constant(name, word));
        inputs.add(name);
      }
    }
    attributes.add(Field.text(7, domain));
    Message message = Node.of(words[0], words[2], inputs, words[0]).message();
    return Node.read(message.with(Set.of(), attributes));
  }

  private static long[] integers(String list) {
    return Arrays.stream(list.replaceAll("[\\[\\]]", "").split(",", -1))
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private static Message attribute(String name, String value) {
    List<Field> fields = new ArrayList<>();
    fields.add(Field.text(1, name));
    boolean list = value.startsWith("[");
    for (long integer : integers(value)) {
      fields.add(Field.integer(list ? 8 : 3, integer));
    }
    fields.add(Field.integer(20, list ? 7 : 2));
    return Message.of(fields);
  }

  private static Tensor constant(String name, String value) throws Exception {
    Tensor vector = Tensor.integers(name, integers(value));
    return value.startsWith("[")
        ? vector
        : Tensor.read(vector.message().with(1), GraphFiles.of(LoraGolden.graph("sd1-unet")));
  }
}
