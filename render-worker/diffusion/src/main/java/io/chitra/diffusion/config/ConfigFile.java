package io.chitra.diffusion.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.diffusion.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of a model's folder. A key that is null counts as absent, as it does for
 * diffusers' defaults. Immutable.
 *
 * <p>Every wrong value is a permanent error that names file, key and value.
 */
public final class ConfigFile {

  /** Python writes infinities into JSON, as in {@code "lambda_min_clipped": -Infinity}. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final String name;
  private final ObjectNode values;

  private ConfigFile(String name, ObjectNode values) {
    this.name = name;
    this.values = values;
  }

  /** Reads {@code folder/name}. */
  public static ConfigFile read(Path folder, String name) throws DiffusionException {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw DiffusionException.permanent(
          "Cannot read model %s: it has no file %s".formatted(folder, name));
    }
    try {
      return parse(name, Files.readString(file));
    } catch (IOException e) {
      throw DiffusionException.permanent(
          "Cannot read model %s: %s: %s".formatted(folder, name, e), e);
    }
  }

  /** Reads {@code folder/name}; an absent file is an empty object. */
  public static ConfigFile readIfThere(Path folder, String name) throws DiffusionException {
    return Files.exists(folder.resolve(name)) ? read(folder, name) : parse(name, "{}");
  }

  /** Reads JSON text that is known as {@code name} in messages. */
  public static ConfigFile parse(String name, String json) throws DiffusionException {
    try {
      if (JSON.readTree(json) instanceof ObjectNode object) {
        return new ConfigFile(name, object);
      }
    } catch (JsonProcessingException e) {
      throw DiffusionException.permanent(
          "Cannot read %s: it is not JSON: %s".formatted(name, e.getOriginalMessage()), e);
    }
    throw DiffusionException.permanent("Cannot read %s: it is no JSON object".formatted(name));
  }

  /** The file's path inside the model's folder. */
  public String name() {
    return name;
  }

  public boolean has(String key) {
    return values.hasNonNull(key);
  }

  public int integer(String key) throws DiffusionException {
    return integer(key, require(key));
  }

  public int integer(String key, int absent) throws DiffusionException {
    JsonNode value = value(key);
    return value == null ? absent : integer(key, value);
  }

  public double number(String key, double absent) throws DiffusionException {
    JsonNode value = value(key);
    return value == null ? absent : number(key, value);
  }

  public boolean flag(String key, boolean absent) throws DiffusionException {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw unsupported(key, "true or false");
    }
    return value.booleanValue();
  }

  public String text(String key, String absent) throws DiffusionException {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isTextual()) {
      throw unsupported(key, "a text");
    }
    return value.textValue();
  }

  /** A list of integers; a single integer is a list of one. */
  public int[] integers(String key) throws DiffusionException {
    JsonNode value = require(key);
    if (!value.isArray()) {
      return new int[] {integer(key, value)};
    }
    int[] list = new int[value.size()];
    for (int i = 0; i < list.length; i++) {
      list[i] = integer(key, value.get(i));
    }
    return list;
  }

  /** A list of numbers, or null when there is none. */
  public double @Nullable [] numbers(String key) throws DiffusionException {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (!value.isArray()) {
      throw unsupported(key, "a list of numbers");
    }
    double[] list = new double[value.size()];
    for (int i = 0; i < list.length; i++) {
      list[i] = number(key, value.get(i));
    }
    return list;
  }

  /** One of an enum's constants, written in lower case. */
  public <E extends Enum<E>> E oneOf(String key, E absent) throws DiffusionException {
    String text = text(key, "");
    if (text.isEmpty()) {
      return absent;
    }
    E[] constants = absent.getDeclaringClass().getEnumConstants();
    for (E constant : constants) {
      if (text.equals(lowerCase(constant))) {
        return constant;
      }
    }
    throw unsupported(
        key, Arrays.stream(constants).map(ConfigFile::lowerCase).collect(Collectors.joining(", ")));
  }

  /** The raw value, or null when absent. */
  public @Nullable JsonNode value(String key) {
    return has(key) ? values.get(key) : null;
  }

  /** A copy in which these keys are absent. */
  public ConfigFile without(Collection<String> keys) {
    return new ConfigFile(name, values.deepCopy().without(keys));
  }

  /** A copy with another value for a key. */
  public ConfigFile with(String key, int value) {
    return new ConfigFile(name, values.deepCopy().put(key, value));
  }

  /** A copy with another value for a key. */
  public ConfigFile with(String key, boolean value) {
    return new ConfigFile(name, values.deepCopy().put(key, value));
  }

  /** The error for a key whose value cannot be used. */
  public DiffusionException unsupported(String key, String supported) {
    return DiffusionException.permanent(
        "Cannot use %s: %s is %s; supported: %s".formatted(name, key, values.get(key), supported));
  }

  private JsonNode require(String key) throws DiffusionException {
    JsonNode value = value(key);
    if (value == null) {
      throw DiffusionException.permanent("Cannot use %s: %s is missing".formatted(name, key));
    }
    return value;
  }

  private int integer(String key, JsonNode value) throws DiffusionException {
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw unsupported(key, "an integer");
    }
    return value.intValue();
  }

  private double number(String key, JsonNode value) throws DiffusionException {
    if (!value.isNumber()) {
      throw unsupported(key, "a number");
    }
    return value.doubleValue();
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
