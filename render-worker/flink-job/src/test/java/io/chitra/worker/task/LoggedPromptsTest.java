package io.chitra.worker.task;

import static io.chitra.worker.Jobs.job;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.chitra.dataset.Sha256;
import io.chitra.schemas.Submission;
import io.chitra.worker.Jobs;
import org.junit.jupiter.api.Test;

class LoggedPromptsTest {

  private static ImageTask task(String prompt, String negativePrompt) {
    return new ImageTask(
        new Submission("render.jobs", 0, 1L),
        Jobs.resolved(job().setPrompt(prompt).setNegativePrompt(negativePrompt)),
        0);
  }

  @Test
  void aHashStandsForAPrompt() {
    ImageTask task = task("the secret", "blurred");

    assertEquals(
        "sha256:" + Sha256.of("the secret".getBytes(UTF_8)).substring(0, 12),
        LoggedPrompts.HASHED.prompt(task));
    String message = LoggedPrompts.HASHED.message("Cannot encode 'the secret', 'blurred'\n", task);
    assertFalse(message.contains("secret"), message);
    assertFalse(message.contains("blurred"), message);
    assertNotEquals(
        LoggedPrompts.HASHED.prompt(task), LoggedPrompts.HASHED.prompt(task("another", "")));
  }

  @Test
  void whoAsksForPromptsHasThem() {
    ImageTask task = task("the\nsecret", "");

    assertEquals("the secret", LoggedPrompts.PLAIN.prompt(task));
    assertEquals("Cannot encode x", LoggedPrompts.PLAIN.message("Cannot encode x", task));
  }
}
