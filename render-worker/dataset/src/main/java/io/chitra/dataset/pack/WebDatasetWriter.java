package io.chitra.dataset.pack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.dataset.parquet.ParquetTable;
import io.chitra.dataset.table.Column;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A tar file with three entries a picture: {@code .png} or {@code .jpg}, {@code .txt} (the prompt)
 * and {@code .json}; the same JSON's fields as a Parquet file; and a count. Names and fields are
 * img2dataset's; a key is five digits of the shard and four of the row. Nothing depends on time or
 * user, so that the same rows give the same bytes.
 */
final class WebDatasetWriter implements FormatWriter {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BUFFER = 1 << 18;
  private static final int BLOCK = 20 * 512; // as tar(1) writes them
  private static final int MODE = 0100644;
  private static final int POSITION_DIGITS = 4;

  private final Path folder;
  private final Shard shard;
  private final String number;
  private final TarArchiveOutputStream tar;
  private final List<Column<Packed>> columns;
  private final JsonRow json;
  private final ParquetTable<@Nullable Object[]> table;
  private int rows;

  WebDatasetWriter(PackSettings settings, Shard shard, Path folder) throws IOException {
    this.folder = folder;
    this.shard = shard;
    this.number = "%05d".formatted(shard.number());
    this.columns = PackColumns.webDataset(settings, this::key);
    this.json = new JsonRow(columns);
    this.tar =
        new TarArchiveOutputStream(
            new BufferedOutputStream(Files.newOutputStream(file("tar")), BUFFER),
            BLOCK,
            UTF_8.name());
    try {
      this.table =
          ParquetTable.create(file("parquet"), Column.ofValues(columns), settings.classes());
    } catch (IOException | RuntimeException e) {
      tar.close();
      throw e;
    }
  }

  private Path file(String extension) {
    return folder.resolve(number + "." + extension);
  }

  private String key(Packed row) {
    String position = Integer.toString(row.position());
    return number + "0".repeat(POSITION_DIGITS - position.length()) + position;
  }

  @Override
  public String add(Packed row) throws IOException {
    String key = key(row);
    String picture = key + "." + row.extension();
    entry(picture, row.file().file());
    entry(key + ".txt", row.record().getPrompt().getBytes(UTF_8));
    @Nullable Object[] values = Column.values(columns, row);
    entry(key + ".json", json.bytes(values));
    table.write(values);
    rows++;
    return shard.folder() + number + ".tar/" + picture;
  }

  private void entry(String name, byte[] bytes) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    entry.setMode(MODE);
    entry.setModTime(0L);
    entry.setIds(0, 0);
    entry.setNames("", "");
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  @Override
  public List<ShardFile> finish() throws IOException {
    tar.finish();
    tar.close();
    table.close();
    ObjectNode stats = JSON.createObjectNode();
    stats.put("count", rows);
    stats.put("successes", rows);
    stats.put("failed_to_download", 0);
    stats.put("failed_to_resize", 0);
    stats.putObject("status_dict").put("success", rows);
    Path statsFile = folder.resolve(number + "_stats.json");
    Files.write(statsFile, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(stats));
    return List.of(
        new ShardFile(shard.folder() + number + ".tar", file("tar"), "application/x-tar"),
        new ShardFile(
            shard.folder() + number + ".parquet",
            file("parquet"),
            "application/vnd.apache.parquet"),
        new ShardFile(shard.folder() + number + "_stats.json", statsFile, "application/json"));
  }

  @Override
  public void close() throws IOException {
    try (tar) {
      table.close();
    }
  }
}
