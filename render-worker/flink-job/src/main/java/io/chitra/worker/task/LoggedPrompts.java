package io.chitra.worker.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chitra.dataset.Sha256;
import io.chitra.schemas.RenderJob;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How prompts stand in the log. */
public enum LoggedPrompts {
  /** As they are. */
  PLAIN,
  /** By a hash: the same prompt can be found again, and nobody can read it. */
  HASHED;

  private static final int HASH_CHARACTERS = 12;

  /** A task's prompt, for the log. */
  public String prompt(ImageTask task) {
    return shown(task.prompt());
  }

  /** A message that a task has caused, and that may have its prompts in it, for the log. */
  public String message(String message, ImageTask task) {
    RenderJob job = task.job();
    String shown = message;
    for (String prompt :
        Stream.of(
                job.getPrompt(),
                job.getNegativePrompt(),
                job.getPrompt2(),
                job.getNegativePrompt2())
            .filter(LoggedPrompts::isThere)
            .toList()) {
      shown = shown.replace(prompt, shown(prompt));
    }
    return Printable.of(shown);
  }

  private static boolean isThere(@Nullable String prompt) {
    return prompt != null && !prompt.isBlank();
  }

  private String shown(String prompt) {
    return switch (this) {
      case PLAIN -> Printable.of(prompt);
      case HASHED -> "sha256:" + Sha256.of(prompt.getBytes(UTF_8)).substring(0, HASH_CHARACTERS);
    };
  }
}
