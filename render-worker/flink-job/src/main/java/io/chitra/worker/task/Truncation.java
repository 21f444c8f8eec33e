package io.chitra.worker.task;

import org.jspecify.annotations.Nullable;

/**
 * The ends of a task's prompts that did not fit into the text encoder's tokens; null where all of
 * it fitted.
 */
public record Truncation(@Nullable String prompt, @Nullable String negativePrompt) {}
