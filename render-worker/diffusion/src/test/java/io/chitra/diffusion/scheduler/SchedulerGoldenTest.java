package io.chitra.diffusion.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.diffusion.Golden;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.noise.TorchGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Full loops of each scheduler against diffusers. The model is m = 0.3 xi cos(i) + 0.2 roll(xi, 1)
 * + 0.05 sin(i) at step i. With a strength, the picture is half of the generator's first draw and
 * its noise the second one; inpainting puts every even value back.
 */
class SchedulerGoldenTest {

  /** Of the largest value, or one rounding of the values along the way where that is more. */
  private static final double TOLERANCE = 1e-5;

  @TestFactory
  Stream<DynamicTest> loops() throws IOException {
    return cases("schedulers.json");
  }

  @TestFactory
  Stream<DynamicTest> moreLoops() throws IOException {
    return cases("more/schedulers.json");
  }

  private static Stream<DynamicTest> cases(String file) throws IOException {
    JsonNode golden = Golden.json(file);
    return StreamSupport.stream(golden.get("cases").spliterator(), false)
        .map(
            loop ->
                DynamicTest.dynamicTest(
                    loop.get("name").asText(), () -> check(loop, config(golden, loop))));
  }

  private static ConfigFile config(JsonNode golden, JsonNode loop) throws Exception {
    ObjectNode config = ((ObjectNode) golden).withObject("/base").deepCopy();
    config.setAll((ObjectNode) loop.get("config"));
    String json = config.toString().replace("\"-Infinity\"", "-Infinity");
    return ConfigFile.parse("scheduler_config.json", json);
  }

  private static void check(JsonNode loop, ConfigFile config) throws Exception {
    TorchGenerator generator = new TorchGenerator(loop.get("seed").asLong());
    List<Integer> custom = new ArrayList<>();
    loop.path("custom_timesteps").forEach(timestep -> custom.add(timestep.asInt()));
    Sampling sampling =
        Schedulers.fromConfig(loop.get("class").asText(), config)
            .start(
                new SamplingRequest(
                    loop.get("num_inference_steps").asInt(),
                    custom,
                    loop.path("strength").asDouble(1),
                    SamplingRequest.StrengthRule.FEWER_STEPS,
                    loop.path("eta").asDouble(0),
                    generator::randn));
    int size = 1;
    for (JsonNode side : loop.get("shape")) {
      size *= side.asInt();
    }
    double initNoiseSigma = loop.get("init_noise_sigma").asDouble();
    assertEquals(initNoiseSigma, sampling.initNoiseSigma(), TOLERANCE * initNoiseSigma);

    float[] first = generator.randn(size);
    if (!loop.has("strength")) {
      run(loop, sampling, scaled(first, sampling.initNoiseSigma()), step -> {});
      return;
    }
    float[] picture = scaled(first, 0.5f);
    float[] noise = generator.randn(size);
    float[] sample = new float[size];
    sampling.addNoise(picture, noise, sample);
    run(
        loop,
        sampling,
        sample,
        stepped -> {
          if (loop.has("inpaint")) {
            putBack(sampling, picture, noise, stepped);
          }
        });
  }

  private static float[] scaled(float[] values, float factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = values[i] * factor;
    }
    return scaled;
  }

  private static void putBack(Sampling sampling, float[] picture, float[] noise, float[] sample) {
    float[] kept = picture.clone();
    if (!sampling.done()) {
      sampling.addNoise(picture, noise, kept);
    }
    for (int i = 0; i < kept.length; i += 2) {
      sample[i] = kept[i];
    }
  }

  private static void run(
      JsonNode loop, Sampling sampling, float[] sample, Consumer<float[]> afterStep) {
    int width = loop.get("shape").get(3).asInt();
    float[] modelInput = new float[sample.length];
    float rounding = 0;
    int described = 0;
    JsonNode timesteps = loop.get("timesteps");
    for (int step = 0; step < timesteps.size(); step++) {
      String name = "step " + step;
      assertEquals(timesteps.get(step).floatValue(), sampling.timestep(), 1e-3f, name);
      sampling.scaleModelInput(sample, modelInput);
      rounding = Math.max(rounding, Math.ulp(largest(sample)));
      sampling.step(model(modelInput, step, width), sample);
      afterStep.accept(sample);
      JsonNode expected = loop.get("steps").path(described);
      if (expected.path("step").asInt(step) == step) {
        assertSample(name, expected, sample, Math.max(TOLERANCE * largest(sample), rounding));
        described++;
      }
    }
    assertTrue(sampling.done());
    assertEquals(loop.get("steps").size(), described);
  }

  private static float[] model(float[] x, int step, int width) {
    float cos = (float) Math.cos(step);
    float shift = (float) (0.05 * Math.sin(step));
    float[] m = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int left = i % width == 0 ? i + width - 1 : i - 1;
      m[i] = 0.3f * x[i] * cos + 0.2f * x[left] + shift;
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

  private static void assertSample(
      String name, JsonNode expected, float[] sample, double tolerance) {
    double sum = 0;
    double abs = 0;
    for (float value : sample) {
      sum += value;
      abs += Math.abs(value);
    }
    assertEquals(expected.get("mean_abs").asDouble(), abs / sample.length, tolerance, name);
    assertEquals(
        expected.get("sum").asDouble() / sample.length, sum / sample.length, tolerance, name);
    JsonNode head = expected.get("head");
    for (int i = 0; i < head.size(); i++) {
      assertEquals(head.get(i).asDouble(), sample[i], tolerance, name);
    }
    JsonNode tail = expected.get("tail");
    for (int i = 0; i < tail.size(); i++) {
      int at = sample.length - tail.size() + i;
      assertEquals(tail.get(i).asDouble(), sample[at], tolerance, name);
    }
  }
}
