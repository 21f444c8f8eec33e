package io.chitra.diffusion.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.Golden;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.noise.TorchGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Full loops of each scheduler against diffusers. The model is m = 0.3 xi cos(i) + 0.2 roll(xi, 1)
 * + 0.05 sin(i) at step i.
 */
class SchedulerGoldenTest {

  private static final Set<String> CLASSES =
      Set.of("DDIMScheduler", "EulerDiscreteScheduler", "DPMSolverMultistepScheduler");

  @TestFactory
  Stream<DynamicTest> loops() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String file : List.of("schedulers.json", "more/schedulers.json")) {
      for (JsonNode golden : Golden.json(file).get("cases")) {
        boolean stochastic =
            golden.get("config").path("algorithm_type").asText().startsWith("sde-");
        if (CLASSES.contains(golden.get("class").asText()) && !stochastic) {
          tests.add(DynamicTest.dynamicTest(golden.get("name").asText(), () -> check(golden)));
        }
      }
    }
    return tests.stream();
  }

  private static void check(JsonNode golden) throws Exception {
    String json = golden.get("config").toString().replace("\"-Infinity\"", "-Infinity");
    ConfigFile config = ConfigFile.parse("scheduler_config.json", json);
    Sampling sampling =
        Schedulers.fromConfig(golden.get("class").asText(), config)
            .start(golden.get("num_inference_steps").asInt());
    int channels = golden.get("shape").get(1).asInt();
    int side = golden.get("shape").get(3).asInt();
    float[] sample = new TorchGenerator(golden.get("seed").asLong()).randn(channels * side * side);
    float sigma = sampling.initNoiseSigma();
    assertEquals(golden.get("init_noise_sigma").floatValue(), sigma, 1e-5f * sigma);
    for (int i = 0; i < sample.length; i++) {
      sample[i] *= sigma;
    }
    float[] modelInput = new float[sample.length];
    JsonNode timesteps = golden.get("timesteps");
    for (int step = 0; step < timesteps.size(); step++) {
      float timestep = timesteps.get(step).floatValue();
      assertEquals(timestep, sampling.timestep(), 1e-3f, "timestep of step " + step);
      sampling.scaleModelInput(sample, modelInput);
      float before = largest(sample);
      sampling.step(model(modelInput, step, side), sample);
      assertSample(step, golden.get("steps").get(step), sample, Math.ulp(before));
    }
    assertEquals(true, sampling.done());
  }

  private static float[] model(float[] x, int step, int width) {
    float[] m = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int left = i % width == 0 ? i + width - 1 : i - 1;
      m[i] =
          (float) (0.3f * x[i] * (float) Math.cos(step) + 0.2f * x[left] + 0.05 * Math.sin(step));
    }
    return m;
  }

  private static float largest(float[] sample) {
    float largest = 0;
    for (float value : sample) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** To 1e-4 of the largest value, or to what one rounding of the values before the step makes. */
  private static void assertSample(int step, JsonNode expected, float[] sample, float rounding) {
    double sum = 0;
    double abs = 0;
    for (float value : sample) {
      sum += value;
      abs += Math.abs(value);
    }
    double tolerance = Math.max(1e-4 * largest(sample), rounding);
    String name = "step " + step;
    assertEquals(expected.get("mean_abs").asDouble(), abs / sample.length, tolerance, name);
    assertEquals(
        expected.get("sum").asDouble() / sample.length, sum / sample.length, tolerance, name);
    for (int i = 0; i < 8; i++) {
      assertEquals(expected.get("head").get(i).asDouble(), sample[i], tolerance, name);
    }
    for (int i = 0; i < 4; i++) {
      assertEquals(
          expected.get("tail").get(i).asDouble(), sample[sample.length - 4 + i], tolerance, name);
    }
  }
}
