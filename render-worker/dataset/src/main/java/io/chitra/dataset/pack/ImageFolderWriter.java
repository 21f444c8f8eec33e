package io.chitra.dataset.pack;

import io.chitra.dataset.FileNames;
import io.chitra.dataset.parquet.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder of picture files, and a {@code metadata.parquet} with a row for each. Parquet rather
 * than JSON lines: Hugging Face's reader takes the columns' types from one file of a split and
 * refuses splits that differ, and a column that is null all over a JSON file has no type.
 */
final class ImageFolderWriter implements FormatWriter {

  private static final String METADATA = "metadata.parquet";

  private final Path folder;
  private final String path;
  private final ParquetTable<Packed> table;
  private final List<ShardFile> files = new ArrayList<>();

  ImageFolderWriter(PackSettings settings, Shard shard, Path folder) throws IOException {
    this.folder = folder;
    this.path =
        "%s%s%05d/"
            .formatted(
                shard.folder(),
                shard.className() == null
                    ? ""
                    : FileNames.folders(settings.classes()).get(shard.className()) + "/",
                shard.number());
    this.table =
        ParquetTable.create(
            folder.resolve(METADATA), PackColumns.imageFolder(settings), settings.classes());
  }

  @Override
  public String add(Packed row) throws IOException {
    String name = row.fileName();
    Path file = folder.resolve(name);
    Files.write(file, row.file().file());
    table.write(row);
    files.add(new ShardFile(path + name, file, row.contentType()));
    return path + name;
  }

  @Override
  public List<ShardFile> finish() throws IOException {
    table.close();
    files.add(
        new ShardFile(path + METADATA, folder.resolve(METADATA), "application/vnd.apache.parquet"));
    return files;
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
