package io.chitra.schemas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArchiveFileTest {

  private static final List<ArchivedRecord> RECORDS =
      List.of(record(7, new byte[] {1, 2, 3}, "a"), record(9, null, "b"), record(12, new byte[0]));

  @Test
  void recordsComeBackAsTheyWere() throws Exception {
    assertEquals(RECORDS, ArchiveFile.read(ArchiveFile.write(RECORDS)));
  }

  @Test
  void sameRecordsAreTheSameBytes() {
    assertArrayEquals(ArchiveFile.write(RECORDS), ArchiveFile.write(RECORDS));
    assertNotEquals(
        Arrays.hashCode(ArchiveFile.write(RECORDS)),
        Arrays.hashCode(ArchiveFile.write(RECORDS.subList(0, 2))));
  }

  @Test
  void whatIsDamagedIsRefused() {
    byte[] file = ArchiveFile.write(RECORDS);
    byte[] cut = Arrays.copyOf(file, file.length - 3);
    assertThrows(BadRecordException.class, () -> ArchiveFile.read(cut));
    assertThrows(BadRecordException.class, () -> ArchiveFile.read(new byte[] {1, 2, 3}));
    file[file.length - 20] ^= 1;
    assertThrows(BadRecordException.class, () -> ArchiveFile.read(file));
  }

  private static ArchivedRecord record(long offset, byte @Nullable [] value, String... headers) {
    return ArchivedRecord.newBuilder()
        .setTopic("render.jobs")
        .setPartition(2)
        .setOffset(offset)
        .setAppendedAt(Instant.ofEpochMilli(1_700_000_000_000L + offset))
        .setKey(ByteBuffer.wrap(new byte[] {(byte) offset}))
        .setValue(value == null ? null : ByteBuffer.wrap(value))
        .setHeaders(
            Arrays.stream(headers)
                .map(
                    name ->
                        new ArchivedHeader(
                            name, ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8))))
                .toList())
        .build();
  }
}
