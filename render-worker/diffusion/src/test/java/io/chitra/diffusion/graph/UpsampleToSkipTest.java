package io.chitra.diffusion.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.Golden;
import io.chitra.diffusion.graph.Sessions.Input;
import io.chitra.diffusion.graph.Sessions.Session;
import io.chitra.diffusion.lora.LoraGolden;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpsampleToSkipTest {

  private static Map<String, Input> inputs(String name) throws Exception {
    Map<String, Input> inputs = new HashMap<>();
    for (String input : new String[] {"sample", "timestep", "encoder_hidden_states"}) {
      inputs.put(input, LoraGolden.expected(name + "/" + input));
    }
    return inputs;
  }

  @ParameterizedTest
  @CsvSource({
    "sd1-unet, 1e-5",
    "sd1-float16-unet, 1e-2",
  })
  void anySizeIsAsInDiffusersAndEvenOnesKeepTheirBits(String name, float tolerance)
      throws Exception {
    Path file = LoraGolden.graph(name);
    OnnxGraph changed = UpsampleToSkip.of(OnnxGraph.read(file)).orElseThrow();
    try (Session session = Sessions.open(changed)) {
      for (String size : new String[] {"8x8", "9x13", "10x12", "7x1"}) {
        assertArrayEquals(
            LoraGolden.expected(size + "/out_sample").values(),
            session.run(inputs(size), "out_sample"),
            tolerance,
            size);
      }
      assertArrayEquals(
          Sessions.run(file, inputs("8x8"), "out_sample"),
          session.run(inputs("8x8"), "out_sample"));
    }
  }

  @Test
  void goesTogetherWithATimestepPerRow() throws Exception {
    Path file = LoraGolden.graph("sd1-unet");
    OnnxGraph changed =
        TimestepPerRow.of(UpsampleToSkip.of(OnnxGraph.read(file)).orElseThrow()).orElseThrow();
    Map<String, Input> inputs = inputs("9x13");
    float timestep = LoraGolden.expected("9x13/timestep").values()[0];
    inputs.put("timestep", new Input(new float[] {timestep, timestep}, 2));
    assertArrayEquals(
        LoraGolden.expected("9x13/out_sample").values(),
        Sessions.run(changed, inputs, "out_sample"),
        1e-5f);
  }

  @Test
  void starterModel() throws Exception {
    assertTrue(
        UpsampleToSkip.of(OnnxGraph.read(Golden.starterModel().resolve("unet/model.onnx")))
            .isPresent());
  }

  @Test
  void leavesGraphsWithoutUpsampling() throws Exception {
    OnnxGraph textEncoder = OnnxGraph.read(LoraGolden.graph("sd1-text_encoder"));
    assertSame(textEncoder, UpsampleToSkip.of(textEncoder).orElseThrow());
  }

  @Test
  void leavesUpsamplingsOfOtherForms() throws Exception {
    Path decoder = Golden.starterModel().resolve("vae_decoder/model.onnx");
    assertTrue(UpsampleToSkip.of(OnnxGraph.read(decoder)).isEmpty());
  }

  /** Sides that halve evenly are a condition of the whole of such a graph. */
  @Test
  void leavesGraphsThatComputeTheSidesOfTheirResult() throws Exception {
    assertTrue(UpsampleToSkip.of(OnnxGraph.read(LoraGolden.graph("sd1-dynamo-unet"))).isEmpty());
  }
}
