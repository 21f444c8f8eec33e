package io.chitra.dataset.pack;

import io.chitra.dataset.parquet.ParquetTable;
import io.chitra.dataset.table.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One Parquet file, with the pictures or without, called as the Hugging Face hub calls them: {@code
 * data/<split>-00000-of-00005.parquet}.
 */
final class TableWriter implements FormatWriter {

  private final String name;
  private final Path file;
  private final ParquetTable<Packed> table;

  TableWriter(PackSettings settings, Shard shard, List<Column<Packed>> columns, Path folder)
      throws IOException {
    this.name =
        "data/%s-%05d-of-%05d.parquet"
            .formatted(shard.splitOrTrain(), shard.number(), shard.count());
    this.file = folder.resolve("table.parquet");
    this.table = ParquetTable.create(file, columns, settings.classes());
  }

  @Override
  public String add(Packed row) throws IOException {
    table.write(row);
    return row.fileName();
  }

  @Override
  public List<ShardFile> finish() throws IOException {
    table.close();
    return List.of(new ShardFile(name, file, "application/vnd.apache.parquet"));
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
