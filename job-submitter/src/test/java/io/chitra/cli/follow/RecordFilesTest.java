package io.chitra.cli.follow;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.follow.Follower.OffsetRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordFilesTest {

  private static final String P = "records/render.results-0/";

  @Test
  void theLastFileMustReachTheLastOffset() {
    List<String> keys =
        List.of(
            P + "00000000000000000000-00000000000000000009.parquet",
            P + "00000000000000000010-00000000000000000019.parquet");

    assertTrue(RecordFiles.covers(keys, new OffsetRange(5, 19)));
    assertFalse(RecordFiles.covers(keys, new OffsetRange(5, 20)));
  }

  @Test
  void otherObjectsAreNoRecordFiles() {
    assertFalse(
        RecordFiles.covers(List.of(P + "README.txt", P + "0-9.parquet"), new OffsetRange(0, 0)));
  }
}
