package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.diffusion.model.ModelInspection;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelInspectionTest {

  @Test
  void tellsWhatTheStarterModelIs() throws Exception {
    ModelInspection model = Engine.inspect(ModelFolder.open(Golden.starterModel()));

    assertEquals("StableDiffusionPipeline", model.pipeline());
    assertEquals("Stable Diffusion 1.x or 2.x", model.layout());
    assertEquals("DDIMScheduler", model.scheduler());
    assertEquals(8, model.sizeFactor());
    assertEquals(256, model.width());
    assertEquals(256, model.height());
    assertEquals(
        List.of("text_encoder", "unet", "vae_decoder", "vae_encoder"),
        model.parts().stream().map(ModelInspection.Part::name).toList());
    ModelInspection.Part unet = model.parts().get(1);
    assertEquals("float32", unet.precision());
    assertEquals(23_093_025 + 1_713, unet.bytes());
    assertEquals(
        List.of(
            "sample: float32 [batch, 4, height, width]",
            "timestep: float32 [batch]",
            "encoder_hidden_states: float32 [batch, sequence, 256]"),
        unet.inputs());
    assertEquals(
        List.of(
            "pictures at different steps share a batch", "takes sizes that do not halve evenly"),
        unet.notes());
    assertEquals(List.of("out_sample: float32 [batch, 4, height, width]"), unet.outputs());
  }

  @Test
  void tellsHalfPrecision() throws Exception {
    ModelInspection model = Engine.inspect(ModelFolder.open(Folders.tiny("half-scalar")));

    assertEquals("PNDMScheduler", model.scheduler());
    ModelInspection.Part unet = model.parts().get(1);
    assertEquals("float16", unet.precision());
    assertEquals("timestep: int64 []", unet.inputs().get(1));
  }
}
