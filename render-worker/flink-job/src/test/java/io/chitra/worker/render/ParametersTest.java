package io.chitra.worker.render;

import static io.chitra.worker.Jobs.file;
import static io.chitra.worker.Jobs.job;
import static io.chitra.worker.Jobs.task;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import io.chitra.worker.Jobs;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParametersTest {

  @Test
  void areTheLineThatOtherToolsRead() {
    assertEquals(
        """
        নীল বিড়াল
        Negative prompt: flat style
        Steps: 20, Sampler: DDIM, CFG scale: 7, Seed: 8, Size: 256x256, Model hash: ababababab\
        """,
        Parameters.of(task(job(), 1)));
  }

  @Test
  void haveTheSettingsOfAGivenPicture() {
    assertEquals(
        """
        নীল বিড়াল
        Negative prompt: flat style
        Steps: 3, Sampler: DPM++ 2M SDE, Timesteps: 999 500 1, CFG scale: 7, CFG rescale: 0.7, \
        Seed: 7, Size: 128x64, Model hash: ababababab, VAE hash: cdcdcdcdcd, \
        Lora hashes: "3434343434: 0.5, 5656565656: -1", Denoising strength: 0.6, \
        Image hash: 1212121212, Mask: rectangle 8 8 16 16, Keep unmasked: true\
        """,
        Parameters.of(
            task(
                job()
                    .setScheduler("dpmpp_2m_sde")
                    .setTimesteps(List.of(999, 500, 1))
                    .setGuidanceRescale(0.7)
                    .setImage(file("12"))
                    .setStrength(0.6)
                    .setMask(new MaskShape(new Rectangle(8, 8, 16, 16), null))
                    .setKeepUnmasked(true)
                    .setWidth(128)
                    .setHeight(64)
                    .setLoras(
                        List.of(new Lora(file("34"), 0.5, "ink"), new Lora(file("56"), -1.0, null)))
                    .setVae(new Vae("cd".repeat(32), "other")),
                0)));
  }

  @Test
  void quoteWhatWouldBeTakenForSeveralSettings() {
    RenderJob job =
        Jobs.resolved(
            job()
                .setNegativePrompt(null)
                .setPrompt2("a \"cat\", Steps: 5\nnext")
                .setCropsCoordsTopLeft(List.of(0, 128)),
            Jobs.XL_MODEL);
    assertEquals(
        """
        নীল বিড়াল
        Steps: 20, Sampler: DDIM, CFG scale: 7, Seed: 7, Size: 256x256, Model hash: ababababab, \
        Prompt 2: "a \\"cat\\", Steps: 5\\nnext", Crops top left: 0 128\
        """,
        Parameters.of(task(job, 0)));
  }

  @Test
  void leaveOutANegativePromptThatSaysNothing() {
    assertEquals(
        """
        নীল বিড়াল
        Steps: 12, Sampler: DPM++ 2M, CFG scale: 7.5, Seed: 7, Size: 384x256, Model hash: ababababab\
        """,
        Parameters.of(
            task(
                job()
                    .setNegativePrompt(null)
                    .setNumInferenceSteps(12)
                    .setScheduler("dpmpp_2m")
                    .setGuidanceScale(7.5)
                    .setWidth(384),
                0)));
  }
}
