package io.chitra.worker.render;

import static io.chitra.worker.Jobs.job;
import static io.chitra.worker.Jobs.task;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
