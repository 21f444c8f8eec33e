package io.chitra.dataset.parquet;

import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;

/**
 * A Parquet file that is written row by row; the same rows give the same bytes. Compressed with
 * Zstandard, but for pictures. Memory holds a row group: {@value #GROUP_BYTES} bytes and a row, or
 * {@value #GROUP_PICTURES} rows with a picture.
 *
 * <p>Life cycle: {@link #create}, {@link #write} for each row, {@link #close}, which ends the file;
 * all by one thread.
 */
public final class ParquetTable<T> implements AutoCloseable {

  static final int GROUP_BYTES = 32 << 20;
  static final int GROUP_PICTURES = 100;

  private final ParquetWriter<T> writer;

  private ParquetTable(ParquetWriter<T> writer) {
    this.writer = writer;
  }

  /**
   * Begins a file, in place of one that may be there. Its key-value metadata tells Hugging Face's
   * reader what each column is.
   *
   * @param classes the names of the classes that columns of type {@link ColumnType#CLASS} number
   * @throws IllegalArgumentException when two columns have one name
   */
  public static <T> ParquetTable<T> create(Path file, List<Column<T>> columns, List<String> classes)
      throws IOException {
    Set<String> names = new HashSet<>();
    for (Column<T> column : columns) {
      if (!names.add(column.name())) {
        throw new IllegalArgumentException(
            "Cannot write a table with two columns '%s'".formatted(column.name()));
      }
    }
    Map<String, String> metadata =
        Map.of("huggingface", HuggingFaceFeatures.json(columns, classes));
    Builder<T> builder =
        new Builder<>(new LocalOutputFile(file), new ColumnWriter<>(columns, metadata))
            .withConf(new PlainParquetConfiguration())
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withCodecFactory(new ZstdCodec())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize((long) GROUP_BYTES);
    for (Column<T> column : columns) {
      if (column.distinct()) {
        builder.withDictionaryEncoding(column.name(), false);
      }
      if (column.type() == ColumnType.PICTURE) {
        String bytes = column.name() + ".bytes";
        builder
            .withCompressionCodec(bytes, CompressionCodecName.UNCOMPRESSED)
            .withDictionaryEncoding(bytes, false)
            .withStatisticsEnabled(bytes, false)
            .withRowGroupRowCountLimit(GROUP_PICTURES)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(1);
      }
    }
    return new ParquetTable<>(builder.build());
  }

  public void write(T row) throws IOException {
    writer.write(row);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder<T> extends ParquetWriter.Builder<T, Builder<T>> {

    private final WriteSupport<T> support;

    Builder(OutputFile file, WriteSupport<T> support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder<T> self() {
      return this;
    }

    @Override
    protected WriteSupport<T> getWriteSupport(Configuration configuration) {
      return support;
    }

    @Override
    protected WriteSupport<T> getWriteSupport(ParquetConfiguration configuration) {
      return support;
    }
  }
}
