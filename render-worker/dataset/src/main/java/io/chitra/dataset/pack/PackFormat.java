package io.chitra.dataset.pack;

/** The forms that a dataset is packed in. */
public enum PackFormat {
  /** Tar files of pictures, captions and JSON, with img2dataset's names. */
  WEBDATASET,
  /** Folders of picture files with a {@code metadata.parquet} each, as Hugging Face reads them. */
  IMAGEFOLDER,
  /** Parquet files that hold the pictures, as Hugging Face's {@code Image} feature. */
  PARQUET,
  /** Parquet files of metadata alone. */
  METADATA;

  /**
   * How many pictures a shard may have. Of an imagefolder, a shard is a folder of as many files and
   * a table, and Hugging Face's hub takes folders of less than 10,000 files
   * (https://huggingface.co/docs/hub/storage-limits).
   */
  public int mostRows() {
    return this == IMAGEFOLDER ? 9_000 : Shard.MOST_ROWS;
  }

  /** Whether shards hold the pictures themselves. */
  public boolean holdsPictures() {
    return this != METADATA;
  }
}
