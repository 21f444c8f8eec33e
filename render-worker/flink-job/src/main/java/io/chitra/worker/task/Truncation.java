package io.chitra.worker.task;

import org.jspecify.annotations.Nullable;

/**
 * The ends of a task's prompts that did not fit into the text encoders' tokens; null where all of
 * it fitted.
 *
 * @param prompt2 of the second text encoder's own prompt, where it has one
 * @param negativePrompt2 likewise
 */
public record Truncation(
    @Nullable String prompt,
    @Nullable String negativePrompt,
    @Nullable String prompt2,
    @Nullable String negativePrompt2) {

  /** All of every prompt fitted. */
  public static final Truncation NONE = new Truncation(null, null, null, null);
}
