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
              "DDIMScheduler", DdimScheduler::new,
              "DPMSolverMultistepScheduler", DpmSolverMultistepScheduler::new,
              "EulerDiscreteScheduler", EulerDiscreteScheduler::new));

  private Schedulers() {}

  /**
   * @param name diffusers' class name
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
   * What diffusers' {@code StableDiffusionPipeline} changes in the config of the scheduler it is
   * loaded with: an outdated {@code steps_offset} becomes 1, and latents are never clipped.
   */
  public static ConfigFile asStableDiffusionLoadsIt(ConfigFile config) {
    ConfigFile loaded = config;
    if (loaded.has("steps_offset")) {
      loaded = loaded.with("steps_offset", 1);
    }
    if (loaded.has("clip_sample")) {
      loaded = loaded.with("clip_sample", false);
    }
    return loaded;
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
