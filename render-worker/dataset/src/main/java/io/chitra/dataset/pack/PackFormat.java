package io.chitra.dataset.pack;

/** The forms that a dataset is packed in. */
public enum PackFormat {
  /** Tar files of pictures, captions and JSON, with img2dataset's names. */
  WEBDATASET,
  /** Folders of picture files with a {@code metadata.jsonl} each, as Hugging Face reads them. */
  IMAGEFOLDER,
  /** Parquet files that hold the pictures, as Hugging Face's {@code Image} feature. */
  PARQUET,
  /** Parquet files of metadata alone. */
  METADATA;

  /** Whether shards hold the pictures themselves. */
  public boolean holdsPictures() {
    return this != METADATA;
  }
}
