package io.chitra.cli.report;

import io.chitra.schemas.ImageRecord;

/**
 * A picture on the page.
 *
 * @param thumbnail a data URI
 */
record Tile(ImageRecord record, String thumbnail) {

  /** What it is called. */
  String name() {
    return record.getJobId() + "-" + record.getImageIndex();
  }
}
