package io.chitra.diffusion.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraKeyTest {

  @ParameterizedTest
  @CsvSource({
    "unet.mid_block.attn1.to_q.lora_A.weight, unet, mid_block_attn1_to_q, DOWN",
    "unet.mid_block.attn1.to_q.lora_B.default.weight, unet, mid_block_attn1_to_q, UP",
    "unet.mid_block.attn1.to_out.0.lora.up.weight, unet, mid_block_attn1_to_out_0, UP",
    "unet.mid_block.attn1.processor.to_out_lora.down.weight, unet, mid_block_attn1_to_out_0, DOWN",
    "mid_block.attn2.processor.to_k_lora.up.weight, unet, mid_block_attn2_to_k, UP",
    "lora_unet_mid_block_attn1_to_q.lora_down.weight, unet, mid_block_attn1_to_q, DOWN",
    "lora_unet_conv_in.alpha, unet, conv_in, ALPHA",
    "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight, text_encoder,"
        + " encoder_layers_0_mlp_fc1, UP",
    "lora_te1_text_model_encoder_layers_0_mlp_fc1.alpha, text_encoder, encoder_layers_0_mlp_fc1,"
        + " ALPHA",
    "lora_te2_text_projection.lora_up.weight, text_encoder_2, text_projection, UP",
    "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_linear_layer.down.weight,"
        + " text_encoder, encoder_layers_1_self_attn_q_proj, DOWN",
    "text_encoder.encoder.layers.1.self_attn.to_out_lora.down.weight, text_encoder,"
        + " encoder_layers_1_self_attn_out_proj, DOWN",
    "text_encoder_2.text_model.encoder.layers.1.self_attn.v_proj.lora_A.weight, text_encoder_2,"
        + " encoder_layers_1_self_attn_v_proj, DOWN",
  })
  void forms(String key, String part, String module, LoraKey.Role role) {
    assertEquals(new LoraKey(part, module, role), LoraKey.parse(key).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet.conv_in.weight",
        "unet.conv_in.lora_A.bias",
        "lora_unet_conv_in.diff",
        "bundle_emb.cat.string_to_param",
        "alpha",
      })
  void otherNames(String key) {
    assertTrue(LoraKey.parse(key).isEmpty());
  }
}
