package io.chitra.worker.export;

import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A picture that is not what its record says. Trying again is of no use. */
public final class DamagedPictureException extends IOException {

  private static final long serialVersionUID = 1L;

  public DamagedPictureException(ImageRecord record, String why, @Nullable Throwable cause) {
    super(
        "Cannot export picture %d of job %s: its object %s %s; chitra fsck --deep --repair makes it again"
            .formatted(record.getImageIndex(), record.getJobId(), record.getObjectKey(), why),
        cause);
  }
}
