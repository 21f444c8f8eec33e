package io.chitra.dataset.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import io.chitra.dataset.table.PictureCell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTableTest {

  private static final int MEGABYTE = 1 << 20;

  @TempDir private Path folder;

  @Test
  void everyTypeIsReadAsItWasWritten() throws Exception {
    Instant noon = Instant.parse("2026-03-01T12:00:00.123456Z");
    List<Column<Boolean>> columns = new ArrayList<>();
    column(columns, ColumnType.STRING, "নীল");
    column(columns, ColumnType.INT, -7);
    column(columns, ColumnType.LONG, 1L << 40);
    column(columns, ColumnType.FLOAT, 1.5f);
    column(columns, ColumnType.DOUBLE, 0.1);
    column(columns, ColumnType.BOOLEAN, true);
    column(columns, ColumnType.UINT8, 255);
    column(columns, ColumnType.UINT16, 65_535);
    column(columns, ColumnType.UINT32, 4_294_967_295L);
    column(columns, ColumnType.TIMESTAMP, noon);
    column(columns, ColumnType.INTS, List.of(3, 1, 2));
    column(columns, ColumnType.STRINGS, List.of());
    column(columns, ColumnType.CLASS, 1L);
    column(columns, ColumnType.PICTURE, new PictureCell(new byte[] {1, 2}, "a.png"));
    Path file = folder.resolve("types.parquet");
    try (ParquetTable<Boolean> table = ParquetTable.create(file, columns, List.of("a", "b"))) {
      table.write(true);
      table.write(false);
    }

    List<GenericRecord> rows = read(file);

    GenericRecord row = rows.get(0);
    assertEquals("নীল", row.get("string").toString());
    assertEquals(-7, row.get("int"));
    assertEquals(1L << 40, row.get("long"));
    assertEquals(1.5f, row.get("float"));
    assertEquals(0.1, row.get("double"));
    assertEquals(true, row.get("boolean"));
    assertEquals(255, row.get("uint8"));
    assertEquals(65_535, row.get("uint16"));
    assertEquals(4_294_967_295L, ((Number) row.get("uint32")).longValue() & 0xFFFFFFFFL);
    assertEquals(noon.getEpochSecond() * 1_000_000 + 123_456, row.get("timestamp"));
    assertEquals("[3, 1, 2]", row.get("ints").toString());
    assertEquals("[]", row.get("strings").toString());
    assertEquals(1L, row.get("class"));
    GenericRecord picture = (GenericRecord) row.get("picture");
    assertArrayEquals(new byte[] {1, 2}, ((ByteBuffer) picture.get("bytes")).array());
    assertEquals("a.png", picture.get("path").toString());
    for (Column<Boolean> column : columns) {
      assertEquals(null, rows.get(1).get(column.name()), column.name());
    }
  }

  private static void column(List<Column<Boolean>> columns, ColumnType type, Object value) {
    columns.add(
        new Column<>(
            type.name().toLowerCase(java.util.Locale.ROOT), type, row -> row ? value : null));
  }

  @Test
  void rowGroupsOfLargePicturesAreBounded() throws Exception {
    Random random = new Random(3);
    List<Column<Integer>> columns =
        List.of(
            new Column<>("number", ColumnType.INT, row -> row),
            new Column<>(
                "image",
                ColumnType.PICTURE,
                row -> {
                  byte[] bytes = new byte[MEGABYTE];
                  random.nextBytes(bytes);
                  return new PictureCell(bytes, row + ".png");
                }));
    Path file = folder.resolve("large.parquet");
    try (ParquetTable<Integer> table = ParquetTable.create(file, columns, List.of())) {
      for (int i = 0; i < 80; i++) {
        table.write(i);
      }
    }

    List<BlockMetaData> groups = groups(file);

    assertTrue(groups.size() >= 2, groups.size() + " row groups");
    for (BlockMetaData group : groups) {
      assertTrue(
          group.getTotalByteSize() <= ParquetTable.GROUP_BYTES + 2 * MEGABYTE,
          group.getTotalByteSize() + " bytes in a row group");
    }
  }

  @Test
  void rowGroupsOfSmallPicturesHaveAHundred() throws Exception {
    List<Column<Integer>> columns =
        List.of(
            new Column<>(
                "image", ColumnType.PICTURE, row -> new PictureCell(new byte[10], row + ".png")));
    Path file = folder.resolve("small.parquet");
    try (ParquetTable<Integer> table = ParquetTable.create(file, columns, List.of())) {
      for (int i = 0; i < 250; i++) {
        table.write(i);
      }
    }

    assertEquals(
        List.of(100L, 100L, 50L), groups(file).stream().map(BlockMetaData::getRowCount).toList());
  }

  @Test
  void refusesTwoColumnsOfOneName() {
    Column<Integer> column = new Column<>("a", ColumnType.INT, row -> row);

    assertThrows(
        IllegalArgumentException.class,
        () -> ParquetTable.create(folder.resolve("x"), List.of(column, column), List.of()));
  }

  private static List<BlockMetaData> groups(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            new LocalInputFile(file),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      return reader.getFooter().getBlocks();
    }
  }

  private static List<GenericRecord> read(Path file) throws IOException {
    assertTrue(Files.size(file) > 0);
    List<GenericRecord> rows = new ArrayList<>();
    PlainParquetConfiguration configuration = new PlainParquetConfiguration();
    configuration.setBoolean("parquet.avro.add-list-element-records", false);
    try (var reader =
        AvroParquetReader.<GenericRecord>builder(new LocalInputFile(file), configuration)
            .withDataModel(GenericData.get())
            .withCodecFactory(new ZstdCodec())
            .build()) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        rows.add(row);
      }
    }
    return rows;
  }
}
