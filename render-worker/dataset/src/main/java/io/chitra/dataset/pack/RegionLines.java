package io.chitra.dataset.pack;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.target.Target;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the regions of a shard's pictures in a file of its own, a {@link RegionLine} each; no file
 * where no picture has any.
 */
final class RegionLines implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String name;
  private final Path file;
  private @Nullable JsonGenerator lines;
  private long pictures;

  RegionLines(Shard shard, Path folder) {
    this.name = Target.WORK + "regions/" + shard.id() + ".jsonl";
    this.file = folder.resolve(".regions.jsonl");
  }

  void add(Packed row, PackedPicture picture, String fileName) throws IOException {
    Optional<Region> region = region(row.record(), picture);
    if (region.isEmpty()) {
      return;
    }
    if (lines == null) {
      lines =
          JSON.createGenerator(Files.newBufferedWriter(file))
              .setRootValueSeparator(new SerializedString("\n"));
    }
    Region found = region.get();
    lines.writePOJO(
        new RegionLine(
            fileName,
            picture.width(),
            picture.height(),
            row.className(),
            found.bbox(),
            found.area(),
            found.polygon(),
            found.counts()));
    pictures++;
  }

  private static Optional<Region> region(ImageRecord record, PackedPicture picture) {
    if (record.getMask() != null) {
      return Region.of(record.getMask(), record.getWidth(), record.getHeight(), picture);
    }
    return picture.mask() == null ? Optional.empty() : Region.of(picture.mask(), picture);
  }

  /** How many pictures have a region. */
  long pictures() {
    return pictures;
  }

  /** Where the file goes within the target. */
  String name() {
    return name;
  }

  Optional<ShardFile> finish() throws IOException {
    if (lines == null) {
      return Optional.empty();
    }
    lines.writeRaw("\n");
    lines.close();
    return Optional.of(new ShardFile(name, file, "application/jsonl"));
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
  }
}
