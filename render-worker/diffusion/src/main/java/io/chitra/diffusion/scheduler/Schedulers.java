package io.chitra.diffusion.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Schedulers by diffusers' class name, made as {@code
 * Scheduler.from_config(pipeline.scheduler.config)} makes them: keys that the class does not know
 * are ignored, keys that the file lacks (or lists in {@code _use_default_values}) take the class's
 * own default.
 */
public final class Schedulers {

  private interface Factory {
    Scheduler from(ConfigFile config) throws DiffusionException;
  }

  private static final Map<String, Factory> FACTORIES =
      new TreeMap<>(
          Map.of(
              DdimScheduler.NAME,
              DdimScheduler::new,
              DpmSolverMultistepScheduler.NAME,
              DpmSolverMultistepScheduler::new,
              "dpmpp_2m_karras",
              config -> new DpmSolverMultistepScheduler(config.with("use_karras_sigmas", true)),
              "dpmpp_2m_sde",
              DpmSolverMultistepScheduler::sde,
              EulerAncestralDiscreteScheduler.NAME,
              EulerAncestralDiscreteScheduler::new,
              EulerDiscreteScheduler.NAME,
              EulerDiscreteScheduler::new,
              HeunDiscreteScheduler.NAME,
              HeunDiscreteScheduler::new,
              LcmScheduler.NAME,
              LcmScheduler::new,
              PndmScheduler.NAME,
              PndmScheduler::new,
              UniPcMultistepScheduler.NAME,
              UniPcMultistepScheduler::new));

  private Schedulers() {}

  /**
   * @param name diffusers' class name, or {@code dpmpp_2m_karras} or {@code dpmpp_2m_sde} for
   *     {@code DPMSolverMultistepScheduler} with {@code use_karras_sigmas=True} or {@code
   *     algorithm_type="sde-dpmsolver++"}
   * @param config the model's {@code scheduler_config.json}, of whatever class
   */
  public static Scheduler fromConfig(String name, ConfigFile config) throws DiffusionException {
    Factory factory = FACTORIES.get(name);
    if (factory == null) {
      throw DiffusionException.permanent(
          "Cannot use scheduler %s: the engine has %s"
              .formatted(name, String.join(", ", FACTORIES.keySet())));
    }
    return factory.from(config.without(defaulted(config)));
  }

  /**
   * What diffusers' {@code StableDiffusionPipeline} and {@code StableDiffusionImg2ImgPipeline}
   * change in the config of the scheduler they are loaded with: an outdated {@code steps_offset}
   * becomes 1, and latents are never clipped.
   */
  public static ConfigFile asStableDiffusionLoadsIt(ConfigFile config) {
    ConfigFile loaded = withStepsOffset(config);
    return loaded.has("clip_sample") ? loaded.with("clip_sample", false) : loaded;
  }

  /**
   * What diffusers' {@code StableDiffusionInpaintPipeline} changes: an outdated {@code
   * steps_offset} becomes 1, and Runge-Kutta steps are skipped.
   */
  public static ConfigFile asStableDiffusionInpaintLoadsIt(ConfigFile config) {
    ConfigFile loaded = withStepsOffset(config);
    return loaded.has("skip_prk_steps") ? loaded.with("skip_prk_steps", true) : loaded;
  }

  private static ConfigFile withStepsOffset(ConfigFile config) {
    return config.has("steps_offset") ? config.with("steps_offset", 1) : config;
  }

  private static List<String> defaulted(ConfigFile config) {
    List<String> keys = new ArrayList<>();
    JsonNode listed = config.value("_use_default_values");
    if (listed != null) {
      listed.forEach(key -> keys.add(key.asText()));
    }
    return keys;
  }
}
