package io.chitra.diffusion.lora;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The name of a tensor in a LoRA file, taken apart. Files name tensors as diffusers does (with
 * PEFT, before PEFT, or in attention processors) or as kohya's scripts do.
 *
 * @param part of the model, by the name of its folder
 * @param module of the part, its dots written as underscores: as diffusers names it, or as the
 *     original Stable Diffusion code does
 */
record LoraKey(String part, String module, Role role) {

  /** What the tensor is: a factor of the change of a weight, or what scales the change. */
  enum Role {
    DOWN,
    UP,
    ALPHA
  }

  private static final Pattern KEY =
      Pattern.compile(
          "(.+?)(?:"
              + "\\.lora_(A|B)(?:\\.default)?\\.weight"
              + "|[._]lora\\.(down|up)\\.weight"
              + "|\\.lora_linear_layer\\.(down|up)\\.weight"
              + "|\\.lora_(down|up)\\.weight"
              + "|\\.(alpha)"
              + ")");

  private static final Map<String, Role> ROLES =
      Map.of("A", Role.DOWN, "down", Role.DOWN, "B", Role.UP, "up", Role.UP, "alpha", Role.ALPHA);

  private static final Pattern PART =
      Pattern.compile("(?:lora_(unet|te|te1|te2)_|(unet|text_encoder|text_encoder_2)\\.)(.+)");

  /** Takes a name apart; empty when it is of no known form. */
  static Optional<LoraKey> parse(String key) {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Role role =
        IntStream.rangeClosed(2, matcher.groupCount())
            .mapToObj(matcher::group)
            .filter(Objects::nonNull)
            .map(ROLES::get)
            .findFirst()
            .orElseThrow();
    return Optional.of(of(matcher.group(1), role));
  }

  private static LoraKey of(String path, Role role) {
    Matcher matcher = PART.matcher(path);
    if (!matcher.matches()) {
      return new LoraKey("unet", module(path), role);
    }
    String kohya = matcher.group(1);
    String part = kohya == null ? matcher.group(2) : kohya;
    return new LoraKey(
        switch (part) {
          case "te", "te1" -> "text_encoder";
          case "te2" -> "text_encoder_2";
          default -> part;
        },
        module(matcher.group(3)),
        role);
  }

  /**
   * Attention processors and diffusers before PEFT name the modules of attentions their own way.
   */
  private static String module(String path) {
    return path.replace(".processor.", ".")
        .replace('.', '_')
        .replaceFirst("^text_model_", "")
        .replaceFirst("_self_attn_to_(q|k|v|out)$", "_self_attn_$1_proj")
        .replaceFirst("_to_out$", "_to_out_0");
  }
}
