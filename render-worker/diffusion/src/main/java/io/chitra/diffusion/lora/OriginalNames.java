package io.chitra.diffusion.lora;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that the modules of a UNet have in the original Stable Diffusion code, which kohya's
 * scripts train SDXL with. Dots are written as underscores.
 *
 * @param layersPerBlock resnets of each block on the way down, as diffusers' config has it
 * @see <a
 *     href="https://github.com/huggingface/diffusers/blob/main/src/diffusers/loaders/lora_conversion_utils.py">diffusers'
 *     conversion</a>
 */
record OriginalNames(int layersPerBlock) {

  private static final Pattern BLOCK =
      Pattern.compile("(input|output)_blocks_(\\d{1,3})_(\\d)_(.+)");
  private static final Pattern MIDDLE_BLOCK = Pattern.compile("middle_block_([012])_(.+)");

  private static final Map<String, String> OUTSIDE_OF_BLOCKS =
      Map.of(
          "input_blocks_0_0", "conv_in",
          "out_2", "conv_out",
          "time_embed_0", "time_embedding_linear_1",
          "time_embed_2", "time_embedding_linear_2",
          "label_emb_0_0", "add_embedding_linear_1",
          "label_emb_0_2", "add_embedding_linear_2");

  private static final Map<String, String> IN_RESNETS =
      Map.of(
          "in_layers_2", "conv1",
          "emb_layers_1", "time_emb_proj",
          "out_layers_3", "conv2",
          "skip_connection", "conv_shortcut");

  /** diffusers' name of a module; the same name where it is not one of the original code's. */
  String diffusersName(String module) {
    Matcher block = BLOCK.matcher(module);
    if (block.matches()) {
      boolean down = block.group(1).equals("input");
      int layers = layersPerBlock + 1;
      int index = Integer.parseInt(block.group(2)) - (down ? 1 : 0);
      String name = "%s_blocks_%d".formatted(down ? "down" : "up", index / layers);
      String rest = block.group(4);
      return switch (rest) {
        case "op" -> name + "_downsamplers_0_conv";
        case "conv" -> name + "_upsamplers_0_conv";
        default ->
            name
                + (block.group(3).equals("0")
                    ? resnet(index % layers, rest)
                    : attention(index % layers, rest));
      };
    }
    Matcher middle = MIDDLE_BLOCK.matcher(module);
    if (middle.matches()) {
      int index = Integer.parseInt(middle.group(1));
      String rest = middle.group(2);
      return "mid_block" + (index == 1 ? attention(0, rest) : resnet(index / 2, rest));
    }
    return OUTSIDE_OF_BLOCKS.getOrDefault(module, module);
  }

  private static String resnet(int index, String rest) {
    return "_resnets_%d_%s".formatted(index, IN_RESNETS.getOrDefault(rest, rest));
  }

  private static String attention(int index, String rest) {
    return "_attentions_%d_%s".formatted(index, rest);
  }
}
