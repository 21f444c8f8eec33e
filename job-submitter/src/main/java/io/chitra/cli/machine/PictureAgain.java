package io.chitra.cli.machine;

import io.chitra.dataset.compare.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A picture that was rendered again.
 *
 * @param file the new one; null where there is none
 */
public record PictureAgain(Verdict verdict, byte @Nullable [] file) {}
