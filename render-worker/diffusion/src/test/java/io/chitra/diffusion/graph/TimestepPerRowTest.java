package io.chitra.diffusion.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.Golden;
import io.chitra.diffusion.graph.Sessions.Input;
import io.chitra.diffusion.lora.LoraGolden;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestepPerRowTest {

  private static final float[] TIMESTEPS = {999, 321, 1};
  private static final Map<String, Long> SIZES =
      Map.of("height", 8L, "width", 12L, "sequence_length", 5L, "sequence", 5L);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sd1-unet",
        "sd2-unet",
        "inpaint-unet",
        "lcm-unet",
        "sdxl-unet",
        "sd1-dynamo-unet",
        "sd1-float16-unet"
      })
  void rowsAreWhatTheyAreAlone(String name) throws Exception {
    Path file = LoraGolden.graph(name);
    OnnxGraph graph = OnnxGraph.read(file);
    OnnxGraph changed = TimestepPerRow.of(graph).orElseThrow();
    int rows = TIMESTEPS.length;
    Map<String, Input> inputs = new HashMap<>();
    Random random = new Random(1);
    for (ValueInfo input : graph.inputs()) {
      long[] shape = shape(input, rows);
      inputs.put(input.name(), new Input(gaussians(random, size(shape)), shape));
    }
    inputs.put("timestep", new Input(TIMESTEPS, rows));

    float[] together = Sessions.run(changed, inputs, "out_sample");

    try (Sessions.Session session = Sessions.open(file)) {
      for (int row = 0; row < rows; row++) {
        Map<String, Input> alone = new HashMap<>();
        for (Map.Entry<String, Input> entry : inputs.entrySet()) {
          alone.put(entry.getKey(), row(entry.getValue(), row));
        }
        alone.put("timestep", new Input(new float[] {TIMESTEPS[row]}));
        int size = together.length / rows;
        assertArrayEquals(
            session.run(alone, "out_sample"),
            Arrays.copyOfRange(together, row * size, (row + 1) * size),
            name + " " + row);
      }
    }
  }

  private static long[] shape(ValueInfo input, int rows) {
    long[] shape = new long[input.dimensions().size()];
    for (int i = 0; i < shape.length; i++) {
      ValueInfo.Dimension dimension = input.dimensions().get(i);
      shape[i] =
          dimension.size() >= 0
              ? dimension.size()
              : i == 0 ? rows : SIZES.getOrDefault(dimension.symbol(), 8L);
    }
    return shape;
  }

  private static int size(long[] shape) {
    return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  private static float[] gaussians(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Input row(Input input, int row) {
    long[] shape = input.shape().clone();
    int size = input.values().length / (int) shape[0];
    shape[0] = 1;
    return new Input(Arrays.copyOfRange(input.values(), row * size, (row + 1) * size), shape);
  }

  @Test
  void declaresTheRowsOfSample() throws Exception {
    OnnxGraph changed =
        TimestepPerRow.of(OnnxGraph.read(LoraGolden.graph("sd1-unet"))).orElseThrow();
    ValueInfo timestep =
        changed.inputs().stream()
            .filter(i -> i.name().equals("timestep"))
            .findFirst()
            .orElseThrow();
    assertEquals("[Dimension[size=-1, symbol=batch_size]]", timestep.dimensions().toString());
    assertEquals(TensorType.FLOAT, timestep.type());
  }

  @Test
  void leavesAGraphThatHasItAlready() throws Exception {
    OnnxGraph starter = OnnxGraph.read(Golden.starterModel().resolve("unet/model.onnx"));
    assertSame(starter, TimestepPerRow.of(starter).orElseThrow());
  }

  @Test
  void leavesGraphsOfOtherForms() throws Exception {
    for (String name : new String[] {"half-scalar", "steps"}) {
      Path file =
          Path.of(Golden.class.getResource("/golden/tiny/" + name + "/unet/model.onnx").toURI());
      assertTrue(TimestepPerRow.of(OnnxGraph.read(file)).isEmpty(), name);
    }
    OnnxGraph textEncoder = OnnxGraph.read(LoraGolden.graph("sd1-text_encoder"));
    assertTrue(TimestepPerRow.of(textEncoder).isEmpty());
  }
}
