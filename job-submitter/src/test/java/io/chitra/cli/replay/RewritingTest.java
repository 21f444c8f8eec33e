package io.chitra.cli.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.replay.Rewriting.Outcome;
import io.chitra.job.JobChange;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.ModelFacts;
import io.chitra.job.ModelFacts.UNetInput;
import io.chitra.job.ModelFacts.VaeFacts;
import io.chitra.job.Pipeline;
import io.chitra.schemas.RenderJob;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RewritingTest {

  private static final ModelFacts ONE = facts("ab", 20, 8);
  private static final ModelFacts TWO = facts("cd", 4, 8);
  private static final ModelFacts COARSE = facts("ef", 4, 256);
  private static final Map<String, ModelFacts> STORE = Map.of(ONE.digest(), ONE);

  private static ModelFacts facts(String digest, int steps, int factor) {
    return new ModelFacts(
        digest.repeat(32),
        "model " + digest,
        Pipeline.STABLE_DIFFUSION,
        UNetInput.LATENTS,
        new VaeFacts(factor, 4),
        320,
        320,
        "ddim",
        steps,
        7.0);
  }

  private static RenderJob job() {
    return RenderJob.newBuilder()
        .setId("cat")
        .setDataset("animals")
        .setPrompt("a cat")
        .setModelDigest(ONE.digest())
        .setNumImagesPerPrompt(4)
        .build();
  }

  private static Outcome rewrite(
      RenderJob job, Map<String, String> change, @Nullable ModelFacts model) {
    return new Rewriting(
            "again",
            JobChange.of(change),
            model,
            digest -> Optional.ofNullable(STORE.get(digest)),
            JobLimits.defaults())
        .of(job);
  }

  private static RenderJob again(Outcome outcome) {
    return assertInstanceOf(Outcome.Again.class, outcome).job();
  }

  @Test
  void aJobKeepsItsDefaultsAndItsSeedUnderAnotherModel() throws Exception {
    RenderJob first = JobRules.resolve(job(), ONE, JobLimits.defaults());

    RenderJob again = again(rewrite(job(), Map.of(), TWO));

    assertEquals("again", again.getDataset());
    assertEquals(TWO.digest(), again.getModelDigest());
    assertEquals("model cd", again.getModelName());
    assertEquals(20, again.getNumInferenceSteps(), "as the first model had it");
    assertEquals(first.getSeed(), again.getSeed(), "derived as it was");
    assertEquals(4, again.getIndexCount());
  }

  @Test
  void whatIsChangedIsChangedAndTheSeedStays() throws Exception {
    RenderJob first = JobRules.resolve(job(), ONE, JobLimits.defaults());

    RenderJob again = again(rewrite(job(), Map.of("steps", "30", "scheduler", "euler"), null));

    assertEquals(30, again.getNumInferenceSteps());
    assertEquals("EulerDiscreteScheduler", again.getScheduler());
    assertEquals(first.getSeed(), again.getSeed());
    RenderJob anew = again(rewrite(job(), Map.of("prompt", "a dog", "seed", ""), null));
    assertNotEquals(first.getSeed(), anew.getSeed(), "taken away, it is derived anew");
  }

  @Test
  void aJobThatDoesNotBearTheChangeIsToldFromOneThatNeverWasGood() {
    Outcome coarse = rewrite(job(), Map.of(), COARSE);
    String why = assertInstanceOf(Outcome.NoLongerGood.class, coarse).why();
    assertTrue(why.contains("multiple of 256"), why);

    RenderJob broken = job();
    broken.setWidth(7);
    assertInstanceOf(Outcome.NeverGood.class, rewrite(broken, Map.of("steps", "3"), null));
    RenderJob nameless = job();
    nameless.setModelDigest(null);
    assertInstanceOf(Outcome.NeverGood.class, rewrite(nameless, Map.of(), null));
  }

  @Test
  void aModelThatIsGoneIsMissedOnlyWhereItIsNeeded() throws Exception {
    RenderJob gone = job();
    gone.setModelDigest("99".repeat(32));
    assertInstanceOf(Outcome.NoLongerGood.class, rewrite(gone, Map.of(), TWO), "its defaults");

    RenderJob resolved = JobRules.resolve(job(), ONE, JobLimits.defaults());
    resolved.setModelDigest("99".repeat(32));
    assertEquals(resolved.getSeed(), again(rewrite(resolved, Map.of(), TWO)).getSeed());
    String why =
        assertInstanceOf(Outcome.NoLongerGood.class, rewrite(resolved, Map.of(), null)).why();
    assertTrue(why.contains("chitra models push"), why);
  }
}
