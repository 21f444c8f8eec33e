package io.chitra.diffusion.lora;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.DiffusionException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraFileTest {

  @TempDir Path temp;

  private LoraFile open(Safetensors tensors) throws Exception {
    return LoraFile.open(tensors.write(temp.resolve("a.safetensors")));
  }

  private static Safetensors layer(String name) {
    return new Safetensors()
        .put(name + ".lora_down.weight", 1, 4, 8)
        .put(name + ".lora_up.weight", 1, 8, 4);
  }

  @Test
  void scales() throws Exception {
    assertEquals(1, scale(layer("lora_unet_conv_in")));
    assertEquals(0.5, scale(layer("lora_unet_conv_in").put("lora_unet_conv_in.alpha", 2)));
    String adapter = "lora_adapter_metadata";
    assertEquals(0.75, scale(layer("unet.conv_in").metadata(adapter, "{\"unet.lora_alpha\": 3}")));
    assertEquals(
        1.5,
        scale(
            layer("unet.conv_in")
                .metadata(adapter, "{\"unet.lora_alpha\": 3, \"unet.use_rslora\": true}")));
    assertEquals(
        0.25,
        scale(
            layer("unet.mid_block.to_q")
                .metadata(
                    adapter,
                    "{\"unet.lora_alpha\": 3, \"unet.alpha_pattern\": {\"mid_block.to_q\": 1}}")));
  }

  private double scale(Safetensors tensors) throws Exception {
    return open(tensors).layers("unet").get(0).scale();
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_conv_in.hada_w1_a, it is LoHa",
    "lora_unet_conv_in.lokr_w1, it is LoKr",
    "lora_unet_conv_in.dora_scale, it is DoRA",
    "unet.conv_in.lora_magnitude_vector, it is DoRA",
    "lora_unet_conv_in.lora_mid.weight, it is LoRA in Tucker form",
  })
  void otherMethods(String tensor, String why) {
    assertUnusable(layer("lora_unet_conv_in").put(tensor, 1, 1), why);
    assertUnusable(layer("lora_unet_conv_in").put(tensor, 1, 1), tensor);
  }

  @Test
  void namesOfNoKnownForm() {
    assertUnusable(
        layer("lora_unet_conv_in").put("a", 1).put("b", 1).put("c", 1).put("d", 1),
        "4 of its 6 tensors have names of no known form: a, b, c, ...");
    assertUnusable(new Safetensors(), "it has no tensors");
  }

  @Test
  void layersThatAreNotWhole() {
    assertUnusable(
        new Safetensors().put("unet.conv_in.lora_A.weight", 1, 4, 8),
        "unet.conv_in.lora_A.weight comes without its counterpart");
    assertUnusable(
        new Safetensors().put("lora_unet_conv_in.alpha", 1),
        "lora_unet_conv_in.alpha comes without its counterpart");
    assertUnusable(
        layer("unet.conv_in").put("unet.conv_in.lora_A.weight", 1, 4, 8),
        "unet.conv_in.lora_down.weight and unet.conv_in.lora_A.weight are for the same module");
    assertUnusable(
        new Safetensors()
            .put("unet.conv_in.lora_A.weight", 1, 0, 8)
            .put("unet.conv_in.lora_B.weight", 1, 8, 0),
        "unet.conv_in.lora_A.weight is of shape [0, 8]");
    assertUnusable(
        layer("lora_unet_conv_in").put("lora_unet_conv_in.alpha", 1, 2),
        "lora_unet_conv_in.alpha is of shape [2]");
    assertUnusable(
        layer("unet.conv_in").metadata("lora_adapter_metadata", "{"),
        "its lora_adapter_metadata is not JSON");
  }

  @Test
  void partsThatAModelDoesNotHave() throws Exception {
    LoraFile lora = open(layer("lora_te2_text_model_encoder_layers_0_mlp_fc1"));
    assertDoesNotThrow(() -> lora.requireParts(Set.of("unet", "text_encoder_2")));
    assertTrue(
        assertThrows(
                DiffusionException.class, () -> lora.requireParts(Set.of("unet", "text_encoder")))
            .toString()
            .endsWith(
                "it changes text_encoder_2, which the model does not have: "
                    + "lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"));
  }

  private void assertUnusable(Safetensors tensors, String why) {
    DiffusionException e = assertThrows(DiffusionException.class, () -> open(tensors));
    assertTrue(e.permanent(), e.toString());
    assertTrue(e.toString().contains("Cannot use LoRA " + temp), e.toString());
    assertTrue(e.toString().contains(why), e.toString());
  }
}
