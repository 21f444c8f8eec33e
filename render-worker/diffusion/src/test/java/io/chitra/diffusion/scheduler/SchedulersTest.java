package io.chitra.diffusion.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.noise.TorchGenerator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What diffusers' loops do not show: configs as pipelines load them, and where it has NaN. */
class SchedulersTest {

  @Test
  void loadsOutdatedConfigsAsStableDiffusionDoes() throws Exception {
    ConfigFile outdated =
        config("{\"steps_offset\": 0, \"clip_sample\": true, \"skip_prk_steps\": false}");
    ConfigFile loaded = Schedulers.asStableDiffusionLoadsIt(outdated);
    assertEquals(1, loaded.integer("steps_offset"));
    assertFalse(loaded.flag("clip_sample", true));
    assertFalse(loaded.flag("skip_prk_steps", true));

    ConfigFile forInpainting = Schedulers.asStableDiffusionInpaintLoadsIt(outdated);
    assertEquals(1, forInpainting.integer("steps_offset"));
    assertTrue(forInpainting.flag("clip_sample", false));
    assertTrue(forInpainting.flag("skip_prk_steps", false));
  }

  @Test
  void leavesAbsentKeysToEachClass() throws Exception {
    for (ConfigFile loaded :
        List.of(
            Schedulers.asStableDiffusionLoadsIt(config("{}")),
            Schedulers.asStableDiffusionInpaintLoadsIt(config("{}")))) {
      assertFalse(loaded.has("steps_offset"));
      assertFalse(loaded.has("clip_sample"));
      assertFalse(loaded.has("skip_prk_steps"));
    }
  }

  /** Variances that are zero, but for rounding. */
  @ParameterizedTest
  @CsvSource({
    "EulerAncestralDiscreteScheduler, beta_schedule, \"squaredcos_cap_v2\"",
    "DDIMScheduler, rescale_betas_zero_snr, true"
  })
  void staysFiniteWhereRoundingWouldTakeAVarianceBelowZero(String name, String key, String value)
      throws Exception {
    String json =
        "{\"%s\": %s, \"timestep_spacing\": \"trailing\", \"prediction_type\": \"v_prediction\"}";
    Scheduler scheduler = Schedulers.fromConfig(name, config(json.formatted(key, value)));
    for (int steps = 1; steps <= 20; steps++) {
      TorchGenerator generator = new TorchGenerator(steps);
      Sampling sampling =
          scheduler.start(
              new SamplingRequest(
                  steps,
                  List.of(),
                  1,
                  SamplingRequest.StrengthRule.FEWER_STEPS,
                  1,
                  generator::randn));
      float[] sample = generator.randn(16);
      while (!sampling.done()) {
        sampling.step(new float[16], sample);
      }
      for (float x : sample) {
        assertTrue(Float.isFinite(x), steps + " steps end at " + x);
      }
    }
  }

  private static ConfigFile config(String json) throws Exception {
    return ConfigFile.parse("scheduler_config.json", json);
  }
}
