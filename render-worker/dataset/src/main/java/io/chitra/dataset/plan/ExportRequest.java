package io.chitra.dataset.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.Recode;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for: two exports of the same rows with equal requests are equal byte for byte.
 *
 * @param classLabel the label that is a picture's class; null: none
 * @param recode how pictures are changed on the way; null: they are not
 * @param gates that its pictures are held against; null: nobody looks at them
 * @param shuffle the seed of the pictures' order; null: they come by job id and index
 */
public record ExportRequest(
    String dataset,
    PackFormat format,
    @Nullable String classLabel,
    @Nullable Recode recode,
    SplitSettings splits,
    @Nullable Long shuffle,
    ShardSettings shards,
    @Nullable GateSettings gates) {

  public ExportRequest {
    if (shards.rows() > format.mostRows()) {
      throw new IllegalArgumentException(
          "Cannot make shards of %d pictures: up to %d would be right for this format"
              .formatted(shards.rows(), format.mostRows()));
    }
  }

  /** Whether shards are made class by class. */
  @JsonIgnore
  public boolean hasClassFolders() {
    return format == PackFormat.IMAGEFOLDER && classLabel != null;
  }
}
