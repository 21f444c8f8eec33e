package io.chitra.diffusion.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.noise.TorchGenerator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What no picture can come of is a permanent error that says what to change. */
class SchedulerRefusalsTest {

  private static final List<String> NAMES =
      List.of(
          "DDIMScheduler",
          "DPMSolverMultistepScheduler",
          "EulerAncestralDiscreteScheduler",
          "EulerDiscreteScheduler",
          "HeunDiscreteScheduler",
          "LCMScheduler",
          "PNDMScheduler",
          "UniPCMultistepScheduler",
          "dpmpp_2m_karras",
          "dpmpp_2m_sde");

  /** Those that take timesteps, as diffusers' {@code set_timesteps} does. */
  private static final Set<String> TIMESTEPS =
      Set.of(
          "DPMSolverMultistepScheduler",
          "EulerDiscreteScheduler",
          "HeunDiscreteScheduler",
          "LCMScheduler",
          "dpmpp_2m_sde");

  private static final String PLAIN = "{\"skip_prk_steps\": true}";

  @ParameterizedTest
  @FieldSource("NAMES")
  void refusesStepsThatTheTrainingDoesNotHave(String name) throws Exception {
    for (int steps : new int[] {Integer.MIN_VALUE, -1, 0, 1001, Integer.MAX_VALUE}) {
      assertRefused(name, PLAIN, steps(steps), steps + " steps");
    }
    assertRefused(name, "{\"num_train_timesteps\": 60}", steps(61), "60");
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void refusesFractionsOutsideOfZeroToOne(String name) throws Exception {
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(name, PLAIN, request(10, List.of(), wrong, 0), "strength " + wrong);
      assertRefused(name, PLAIN, request(10, List.of(), 1, wrong), "eta " + wrong);
    }
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void takesTimestepsWhereDiffusersDoes(String name) throws Exception {
    SamplingRequest sparse = request(0, List.of(900, 400, 20), 1, 0);
    if (TIMESTEPS.contains(name)) {
      Sampling sampling = start(name, PLAIN, sparse);
      assertEquals(900, sampling.timestep());
    } else {
      assertRefused(name, PLAIN, sparse, "Cannot use timesteps with");
    }
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void refusesTimestepsOutOfOrderOrTraining(String name) throws Exception {
    for (List<Integer> wrong :
        List.of(List.of(1000, 500), List.of(500, -1), List.of(500, 500), List.of(20, 400))) {
      assertRefused(name, PLAIN, request(0, wrong, 1, 0), wrong.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EulerDiscreteScheduler, use_karras_sigmas",
    "EulerDiscreteScheduler, use_exponential_sigmas",
    "EulerDiscreteScheduler, use_beta_sigmas",
    "HeunDiscreteScheduler, use_karras_sigmas",
    "HeunDiscreteScheduler, use_exponential_sigmas",
    "HeunDiscreteScheduler, use_beta_sigmas",
    "DPMSolverMultistepScheduler, use_karras_sigmas",
    "DPMSolverMultistepScheduler, use_exponential_sigmas",
    "DPMSolverMultistepScheduler, use_beta_sigmas",
    "DPMSolverMultistepScheduler, use_lu_lambdas"
  })
  void refusesTimestepsBesideTheirOwnSigmas(String name, String key) throws Exception {
    assertRefused(
        name, "{\"%s\": true}".formatted(key), request(0, List.of(900, 400, 20), 1, 0), key);
  }

  @Test
  void refusesTimestepsBesideContinuousOnes() throws Exception {
    assertRefused(
        "EulerDiscreteScheduler",
        "{\"timestep_type\": \"continuous\", \"prediction_type\": \"v_prediction\"}",
        request(0, List.of(900, 400, 20), 1, 0),
        "continuous");
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void namesTheSmallestStrengthThatWorks(String name) throws Exception {
    for (int steps = 1; steps <= 50; steps++) {
      if (name.equals("PNDMScheduler") && steps > 1) {
        start(name, PLAIN, request(steps, List.of(), 0, 0)); // it has a timestep more than steps
      } else {
        String refusal = refusal(name, PLAIN, request(steps, List.of(), 0, 0));
        start(name, PLAIN, request(steps, List.of(), smallestStrength(refusal), 0));
      }
    }
  }

  @Test
  void namesTheSmallestStrengthThatWorksWithTimestepsThatComeTwice() throws Exception {
    List<Integer> timesteps = List.of(900, 700, 400, 20);
    String refusal = refusal("HeunDiscreteScheduler", "{}", request(0, timesteps, 0.5, 0));
    start("HeunDiscreteScheduler", "{}", request(0, timesteps, smallestStrength(refusal), 0));
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void refusesWrongTrainingNoise(String name) throws Exception {
    assertConfigRefused(name, "num_train_timesteps", "1");
    assertConfigRefused(name, "num_train_timesteps", "-5");
    assertConfigRefused(name, "num_train_timesteps", "\"many\"");
    assertConfigRefused(name, "beta_start", "NaN");
    assertConfigRefused(name, "beta_start", "-0.1");
    assertConfigRefused(name, "beta_end", "Infinity");
    assertConfigRefused(name, "beta_end", "\"0.02\"");
    assertConfigRefused(name, "beta_schedule", "\"sigmoid\"");
    assertConfigRefused(name, "trained_betas", "[0.1, 0.2]");
    assertConfigRefused(name, "trained_betas", "0.1");
    String betas = "NaN" + ", 0.01".repeat(999);
    assertConfigRefused(name, "trained_betas", "[" + betas + "]");
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void refusesWordsThatAreNone(String name) throws Exception {
    assertConfigRefused(name, "prediction_type", "\"noise\"");
    if (!name.equals("LCMScheduler")) {
      assertConfigRefused(name, "timestep_spacing", "\"even\"");
      assertConfigRefused(name, "steps_offset", "0.5");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "DDIMScheduler | thresholding | 'yes'",
        "DDIMScheduler | clip_sample_range | 'wide'",
        "DDIMScheduler | dynamic_thresholding_ratio | 1.5",
        "EulerDiscreteScheduler | beta_schedule | 'exp'",
        "EulerDiscreteScheduler | interpolation_type | 'cubic'",
        "EulerDiscreteScheduler | timestep_type | 'dense'",
        "EulerDiscreteScheduler | final_sigmas_type | 'one'",
        "EulerDiscreteScheduler | sigma_min | 0",
        "HeunDiscreteScheduler | sigma_max | NaN",
        "EulerAncestralDiscreteScheduler | prediction_type | 'sample'",
        "PNDMScheduler | prediction_type | 'sample'",
        "LCMScheduler | original_inference_steps | 0",
        "LCMScheduler | original_inference_steps | 1001",
        "DPMSolverMultistepScheduler | algorithm_type | 'dpmsolver+'",
        "DPMSolverMultistepScheduler | solver_type | 'simpson'",
        "DPMSolverMultistepScheduler | solver_order | 4",
        "DPMSolverMultistepScheduler | use_flow_sigmas | true",
        "DPMSolverMultistepScheduler | variance_type | 'learned'",
        "dpmpp_2m_karras | use_exponential_sigmas | true",
        "UniPCMultistepScheduler | solver_order | 0",
        "UniPCMultistepScheduler | solver_type | 'bh3'",
        "UniPCMultistepScheduler | use_flow_sigmas | true",
        "UniPCMultistepScheduler | use_dynamic_shifting | true",
        "UniPCMultistepScheduler | shift_terminal | 0.1",
        "UniPCMultistepScheduler | solver_p | {}",
        "UniPCMultistepScheduler | disable_corrector | ['all']"
      })
  void refusesWhatItCannotDo(String name, String key, String value) throws Exception {
    assertConfigRefused(name, key, value.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource({
    "DPMSolverMultistepScheduler, algorithm_type, \"dpmsolver\"",
    "DPMSolverMultistepScheduler, algorithm_type, \"sde-dpmsolver\"",
    "UniPCMultistepScheduler, predict_x0, false",
    "UniPCMultistepScheduler, solver_type, \"bh1\"",
    "UniPCMultistepScheduler, lower_order_final, false"
  })
  void refusesFormulasThatAreInfiniteAtNoiseZero(String name, String key, String value)
      throws Exception {
    String refusal = refusal(name, "{\"%s\": %s}".formatted(key, value), steps(10));
    assertTrue(refusal.contains("final_sigmas_type"), refusal);
    start(
        name,
        "{\"%s\": %s, \"final_sigmas_type\": \"sigma_min\"}".formatted(key, value),
        steps(10));
  }

  @Test
  void refusesStepsThatAreTooFewOrTooMany() throws Exception {
    assertRefused("PNDMScheduler", "{}", steps(3), "at least 4");
    assertRefused("LCMScheduler", "{}", steps(51), "50");
    assertRefused("DDIMScheduler", "{\"timestep_spacing\": \"trailing\"}", steps(61), "-1");
    assertRefused("DDIMScheduler", "{\"steps_offset\": 1}", steps(1000), "1000");
    assertRefused(
        "DPMSolverMultistepScheduler",
        "{\"lambda_min_clipped\": 0.0}",
        steps(500),
        "lambda_min_clipped leaves");
  }

  @Test
  void namesTheSchedulersThatItHas() throws Exception {
    String refusal = refusal("KDPM2DiscreteScheduler", "{}", steps(10));
    NAMES.forEach(name -> assertTrue(refusal.contains(name), refusal));
  }

  private static double smallestStrength(String refusal) {
    return Double.parseDouble(refusal.replaceAll(".*use (\\S+) or more", "$1"));
  }

  private static void assertConfigRefused(String name, String key, String value) throws Exception {
    String config = "{\"%s\": %s}".formatted(key, value);
    assertRefused(name, config, steps(10), "scheduler_config.json: " + key);
  }

  private static void assertRefused(
      String name, String config, SamplingRequest request, String because) throws Exception {
    String refusal = refusal(name, config, request);
    assertTrue(refusal.contains(because), refusal);
  }

  private static String refusal(String name, String config, SamplingRequest request) {
    DiffusionException refusal =
        assertThrows(DiffusionException.class, () -> start(name, config, request));
    assertTrue(refusal.permanent());
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.startsWith("Cannot "), message);
    return message;
  }

  private static SamplingRequest steps(int numInferenceSteps) {
    return request(numInferenceSteps, List.of(), 1, 0);
  }

  private static SamplingRequest request(
      int numInferenceSteps, List<Integer> timesteps, double strength, double eta) {
    Noise noise = new TorchGenerator(0)::randn;
    return new SamplingRequest(
        numInferenceSteps,
        timesteps,
        strength,
        SamplingRequest.StrengthRule.FEWER_STEPS,
        eta,
        noise);
  }

  private static Sampling start(String name, String config, SamplingRequest request)
      throws DiffusionException {
    return Schedulers.fromConfig(name, ConfigFile.parse("scheduler_config.json", config))
        .start(request);
  }
}
