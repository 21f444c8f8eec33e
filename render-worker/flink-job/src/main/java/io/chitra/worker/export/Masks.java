package io.chitra.worker.export;

import io.chitra.dataset.pack.RegionMask;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;

/** Where the mask pictures of jobs come from. */
@FunctionalInterface
public interface Masks {

  /**
   * The mask of a picture whose record has a {@code mask_image}. Blocks.
   *
   * @throws DamagedPictureException when it can never be had
   * @throws IOException when it may be had another time
   */
  RegionMask mask(ImageRecord record) throws IOException, InterruptedException;
}
