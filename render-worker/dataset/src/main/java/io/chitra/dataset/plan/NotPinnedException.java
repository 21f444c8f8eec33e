package io.chitra.dataset.plan;

import io.chitra.dataset.target.Target;
import java.io.IOException;

/** An export has ended, or was replaced, while somebody worked on it. */
public final class NotPinnedException extends IOException {

  private static final long serialVersionUID = 1L;

  NotPinnedException(Target target) {
    super(
        "Cannot go on with the export to %s: it has ended there, or another one has taken its place"
            .formatted(target));
  }
}
