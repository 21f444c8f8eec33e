package io.chitra.dataset.pack;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.FileNames;
import io.chitra.schemas.ImageRecord;
import org.jspecify.annotations.Nullable;

/**
 * A row on its way into a shard.
 *
 * @param position within the shard, from 0
 * @param className null: the dataset has no class label, or the row lacks it
 */
record Packed(
    DatasetRow row, @Nullable PackedPicture picture, int position, @Nullable String className) {

  ImageRecord record() {
    return row.record();
  }

  PackedPicture file() {
    if (picture == null) {
      throw new IllegalArgumentException(
          "Cannot pack picture %d of job %s without its file"
              .formatted(record().getImageIndex(), record().getJobId()));
    }
    return picture;
  }

  int width() {
    return picture == null ? record().getWidth() : picture.width();
  }

  int height() {
    return picture == null ? record().getHeight() : picture.height();
  }

  String sha256() {
    return picture == null ? record().getFileSha256() : picture.sha256();
  }

  String extension() {
    return picture == null ? FileNames.extension(record().getContentType()) : picture.extension();
  }

  /** What its file is called where files are called by job and index. */
  String fileName() {
    return FileNames.picture(record().getJobId(), record().getImageIndex(), extension());
  }

  String contentType() {
    return extension().equals("jpg") ? "image/jpeg" : "image/png";
  }
}
