package io.chitra.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.InputFile;
import io.chitra.schemas.RenderJob;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobChangeTest {

  private static RenderJob job() {
    return RenderJob.newBuilder()
        .setId("cat")
        .setPrompt("a cat")
        .setNegativePrompt("blurry")
        .setNumInferenceSteps(20)
        .setGuidanceScale(7.5)
        .setSeed(7L)
        .setEta(0.5)
        .setOutputFormat("jpeg")
        .setOutputQuality(90)
        .setNumImagesPerPrompt(4)
        .build();
  }

  @Test
  void fieldsChangeUnderTheirNamesAndOtherPrograms() {
    RenderJob before = job();
    JobChange change = JobChange.of(Map.of("steps", "30", "guidance_scale", "5"));

    assertEquals(List.of(), change.problems(JobLimits.defaults()));
    RenderJob after = change.applyTo(before);

    assertEquals(30, after.getNumInferenceSteps());
    assertEquals(5.0, after.getGuidanceScale());
    assertEquals("a cat", after.getPrompt());
    assertEquals(7L, after.getSeed());
    assertEquals(4, after.getNumImagesPerPrompt());
    assertEquals(job(), before, "the job itself is left alone");
    assertEquals(List.of("num_inference_steps", "guidance_scale"), change.fields());
  }

  @Test
  void anEmptyValueTakesAFieldAway() {
    RenderJob job = job();
    job.setImage(new InputFile("s3://b/inputs/1", "ab"));
    RenderJob after = JobChange.of(Map.of("eta", "", "image", "", "seed", "")).applyTo(job);

    assertNull(after.getEta());
    assertNull(after.getImage());
    assertNull(after.getSeed());
  }

  @Test
  void whatGoesWithAChangedFieldGoesWithIt() {
    RenderJob timed = JobChange.of(Map.of("timesteps", "[999, 499]")).applyTo(job());
    assertEquals(List.of(999, 499), timed.getTimesteps());
    assertNull(timed.getNumInferenceSteps());

    RenderJob counted = JobChange.of(Map.of("num_inference_steps", "3")).applyTo(timed);
    assertNull(counted.getTimesteps());
    assertEquals(3, counted.getNumInferenceSteps());

    RenderJob png = JobChange.of(Map.of("output_format", "png")).applyTo(job());
    assertNull(png.getOutputQuality());
    RenderJob jpeg =
        JobChange.of(Map.of("output_format", "jpeg", "output_quality", "50")).applyTo(job());
    assertEquals(50, jpeg.getOutputQuality());
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "id | other | keeps its id",
        "dataset | d2 | another option",
        "model | m2 | another option",
        "num_images_per_prompt | 9 | keeps its pictures",
        "image | house.png | files cannot be changed here",
        "loras | [] | files cannot be changed here",
        "prompt | '' | a job has one",
        "seed | -1 | not drawn again",
        "num_inference_steps | many | num_inference_steps",
        "num_inference_steps | 0 | num_inference_steps",
        "promt | a cat | did you mean prompt",
      },
      delimiter = '|')
  void whatCannotBeChangedIsRefused(String field, String value, String why) {
    List<Problem> problems = JobChange.of(Map.of(field, value)).problems(JobLimits.defaults());

    assertTrue(problems.toString().contains(why), problems.toString());
  }

  @Test
  void oneFieldUnderTwoNamesIsRefused() {
    List<Problem> problems =
        JobChange.of(Map.of("steps", "3", "num_inference_steps", "4"))
            .problems(JobLimits.defaults());
    assertTrue(problems.toString().contains("given twice"), problems.toString());
  }
}
