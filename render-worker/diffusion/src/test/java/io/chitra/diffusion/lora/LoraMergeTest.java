package io.chitra.diffusion.lora;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Golden;
import io.chitra.diffusion.graph.Node;
import io.chitra.diffusion.graph.OnnxGraph;
import io.chitra.diffusion.graph.Sessions;
import io.chitra.diffusion.graph.Sessions.Input;
import io.chitra.diffusion.graph.Tensor;
import io.chitra.diffusion.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraMergeTest {

  @TempDir Path scratch;

  private static List<ScaledLora> loras(String name, double scale) throws Exception {
    return List.of(new ScaledLora(LoraFile.open(LoraGolden.lora(name)), scale));
  }

  private static Map<String, Input> inputs(String model, OnnxGraph graph) throws Exception {
    Map<String, Input> inputs = new HashMap<>();
    for (ValueInfo input : graph.inputs()) {
      String name = input.name();
      inputs.put(name, LoraGolden.expected(name.equals("input_ids") ? name : model + "/" + name));
    }
    return inputs;
  }

  private float[] run(String graph, String part, List<ScaledLora> loras, String output)
      throws Exception {
    OnnxGraph merged =
        LoraMerge.merge(part, OnnxGraph.read(LoraGolden.graph(graph)), loras, scratch);
    return Sessions.run(merged, inputs(graph.substring(0, graph.indexOf('-')), merged), output);
  }

  @ParameterizedTest
  @CsvSource({
    "sd1-peft, 1.0, sd1-unet, 1e-5",
    "sd1-diffusers, 1.0, sd1-unet, 1e-5",
    "sd1-processors, 1.0, sd1-unet, 1e-5",
    "sd1-metadata, 1.0, sd1-unet, 1e-5",
    "sd1-kohya, 0.5, sd1-unet, 1e-5",
    "sd1-kohya, 1.0, sd1-unet, 1e-5",
    "sd1-kohya, 1.0, sd1-dynamo-unet, 1e-5",
    "sd1-kohya, 0.5, sd1-float16-unet, 2e-2",
    "sdxl-kohya, 0.5, sdxl-unet, 1e-5",
    "sdxl-kohya, 1.0, sdxl-unet, 1e-5",
  })
  void unetsAreAsInDiffusers(String lora, double scale, String graph, float tolerance)
      throws Exception {
    assertArrayEquals(
        LoraGolden.expected("%s-%s/out_sample".formatted(lora, scale)).values(),
        run(graph, "unet", loras(lora, scale), "out_sample"),
        tolerance);
  }

  @ParameterizedTest
  @CsvSource({
    "sd1-peft, sd1, text_encoder, last_hidden_state",
    "sd1-diffusers, sd1, text_encoder, last_hidden_state",
    "sd1-processors, sd1, text_encoder, last_hidden_state",
    "sd1-metadata, sd1, text_encoder, last_hidden_state",
    "sd1-kohya, sd1, text_encoder, last_hidden_state",
    "sdxl-kohya, sdxl, text_encoder, last_hidden_state",
    "sdxl-kohya, sdxl, text_encoder_2, text_embeds",
  })
  void textEncodersAreAsInDiffusers(String lora, String model, String part, String output)
      throws Exception {
    for (double scale : new double[] {0.5, 1}) {
      assertArrayEquals(
          LoraGolden.expected("%s-%s/%s".formatted(lora, scale, part)).values(),
          run(model + "-" + part, part, loras(lora, scale), output),
          1e-5f,
          lora + " " + scale);
    }
  }

  @Test
  void twoAtOnce() throws Exception {
    List<ScaledLora> two = new ArrayList<>(loras("sd1-kohya", 0.5));
    two.addAll(loras("sd1-peft", -0.75));
    assertArrayEquals(
        LoraGolden.expected("sd1-two/out_sample").values(),
        run("sd1-unet", "unet", two, "out_sample"),
        1e-5f);
    assertArrayEquals(
        LoraGolden.expected("sd1-two/text_encoder").values(),
        run("sd1-text_encoder", "text_encoder", two, "last_hidden_state"),
        1e-5f);
  }

  @Test
  void nothingChangesWithoutScaleOrLayers() throws Exception {
    OnnxGraph unet = OnnxGraph.read(LoraGolden.graph("sd1-unet"));
    assertArrayEquals(
        Sessions.run(LoraGolden.graph("sd1-unet"), inputs("sd1", unet), "out_sample"),
        run("sd1-unet", "unet", loras("sd1-kohya", 0), "out_sample"));
    assertSame(unet, LoraMerge.merge("vae_decoder", unet, loras("sd1-kohya", 1), scratch));
  }

  /** The starter model stores its weights in 8 bits and scales them. */
  @Test
  void weightsThatTheGraphComputes() throws Exception {
    OnnxGraph starter = OnnxGraph.read(Golden.starterModel().resolve("unet/model.onnx"));
    Path file =
        layer("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q", 0, 192)
            .put("unet.conv_in.lora_A.weight", 0, 1, 4, 3, 3)
            .put("unet.conv_in.lora_B.weight", 0, 128, 1, 1, 1)
            .write(scratch.resolve("zeros.safetensors"));
    OnnxGraph merged =
        LoraMerge.merge("unet", starter, List.of(new ScaledLora(LoraFile.open(file), 1)), scratch);
    assertEquals(2, merged.inMemory().size());
    Map<String, Input> inputs =
        Map.of(
            "sample", new Input(new float[4 * 8 * 8], 1, 4, 8, 8),
            "timestep", new Input(new float[] {7}, 1),
            "encoder_hidden_states", new Input(new float[256], 1, 1, 256));
    assertArrayEquals(
        Sessions.run(starter, inputs, "out_sample"), Sessions.run(merged, inputs, "out_sample"));
  }

  @Test
  void aSharedWeightChangesForOneModuleOnly() throws Exception {
    OnnxGraph unet = OnnxGraph.read(LoraGolden.graph("sd1-unet"));
    String attention = "mid_block.attentions.0.transformer_blocks.0.attn1";
    String operation = "/mid_block/attentions.0/transformer_blocks.0/attn1";
    Tensor query = weight(unet, operation + "/to_q/MatMul");
    ByteBuffer copy = ByteBuffer.allocateDirect(query.bytes().remaining());
    OnnxGraph shared = withKey(unet, operation, query);
    OnnxGraph copied =
        withKey(
            unet,
            operation,
            Tensor.inMemory("copy", query.type(), query.dims(), copy.put(query.bytes()).flip()));
    List<ScaledLora> lora =
        List.of(
            new ScaledLora(
                LoraFile.open(
                    layer("unet." + attention + ".to_q", 0.5f, 8)
                        .write(scratch.resolve("query.safetensors"))),
                1));
    Map<String, Input> inputs = inputs("sd1", unet);
    float[] expected =
        Sessions.run(LoraMerge.merge("unet", copied, lora, scratch), inputs, "out_sample");
    assertArrayEquals(
        expected,
        Sessions.run(LoraMerge.merge("unet", shared, lora, scratch), inputs, "out_sample"));
    assertFalse(Arrays.equals(expected, Sessions.run(shared, inputs, "out_sample")));
  }

  private static Tensor weight(OnnxGraph graph, String operation) {
    Node node =
        graph.nodes().stream().filter(n -> n.name().equals(operation)).findFirst().orElseThrow();
    return requireNonNull(graph.initializers().get(node.inputs().get(1)));
  }

  /** A graph whose keys are computed with another weight. */
  private static OnnxGraph withKey(OnnxGraph graph, String attention, Tensor weight) {
    return graph.with(
        graph.nodes().stream()
            .map(
                node ->
                    node.name().equals(attention + "/to_k/MatMul")
                        ? node.withInputs(List.of(node.inputs().get(0), weight.name()))
                        : node)
            .toList(),
        List.of(weight));
  }

  /** A layer of rank 1 for a linear module of equal sides. */
  private static Safetensors layer(String module, float value, int side) {
    return new Safetensors()
        .put(module + ".lora_A.weight", value, 1, side)
        .put(module + ".lora_B.weight", value, side, 1);
  }

  @Test
  void modulesThatTheGraphDoesNotHave() throws Exception {
    Safetensors file = layer("unet.conv_in", 1, 8);
    for (String module : List.of("a", "to_q", "down_blocks.7.attn", "input_blocks.99.1.x", "e")) {
      file.put("unet." + module + ".lora_A.weight", 1, 1, 8);
      file.put("unet." + module + ".lora_B.weight", 1, 8, 1);
    }
    assertMisfit(
        file,
        "sd1-unet",
        "to unet: 5 of its 6 layers are for modules that the graph does not have: "
            + "unet.a.lora_A.weight, unet.to_q.lora_A.weight, "
            + "unet.down_blocks.7.attn.lora_A.weight, ...");
  }

  @Test
  void layersOfOtherShapes() throws Exception {
    String query = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    assertMisfit(
        layer(query, 1, 16)
            .put("unet.conv_in.lora_A.weight", 1, 1, 4)
            .put("unet.conv_in.lora_B.weight", 1, 8, 1),
        "sd1-unet",
        "to unet: 2 of its 2 layers are of other shapes: "
            + query
            + ".lora_A.weight [1, 16] with up [16, 1] for a weight of [8, 8], "
            + "unet.conv_in.lora_A.weight [1, 4] with up [8, 1] for a weight of [8, 4, 3, 3]");
    assertMisfit(
        new Safetensors()
            .put(query + ".lora_A.weight", 1, 2, 8)
            .put(query + ".lora_B.weight", 1, 8),
        "sd1-unet",
        "[2, 8] with up [8] for");
  }

  private void assertMisfit(Safetensors lora, String graph, String why) throws Exception {
    Path file = lora.write(scratch.resolve("misfit.safetensors"));
    List<ScaledLora> loras = List.of(new ScaledLora(LoraFile.open(file), 0));
    OnnxGraph unet = OnnxGraph.read(LoraGolden.graph(graph));
    DiffusionException e =
        assertThrows(DiffusionException.class, () -> LoraMerge.merge("unet", unet, loras, scratch));
    assertTrue(e.permanent(), e.toString());
    assertTrue(e.toString().contains(file.toString()), e.toString());
    assertTrue(e.toString().contains(why), e.toString());
  }

  @Test
  void leavesNothingInTheScratchFolder() throws Exception {
    run("sd1-unet", "unet", loras("sd1-kohya", 1), "out_sample");
    try (Stream<Path> files = Files.list(scratch)) {
      assertEquals(List.of(), files.toList());
    }
    DiffusionException e =
        assertThrows(
            DiffusionException.class,
            () ->
                LoraMerge.merge(
                    "unet",
                    OnnxGraph.read(LoraGolden.graph("sd1-unet")),
                    loras("sd1-kohya", 1),
                    scratch.resolve("nowhere")));
    assertFalse(e.permanent(), e.toString());
  }
}
