package io.chitra.dataset.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chitra.store.StoreConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {

  private static final StoreConfig STORE = StoreConfig.aws("us-east-1", "elsewhere");

  @Test
  void opensFoldersAndPlacesInBuckets() {
    try (Target folder = Targets.open("out/../data", STORE);
        Target place = Targets.open("s3://bucket/a/b/", STORE)) {
      assertEquals(Path.of("data").toAbsolutePath().toString(), folder.toString());
      assertEquals("s3://bucket/a/b", place.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "s3://bucket", "s3://bucket/", "s3:///a", "hdfs://a/b", "s3://B!/a"})
  void refusesWhatIsNeither(String to) {
    assertThrows(IllegalArgumentException.class, () -> Targets.open(to, STORE));
  }
}
