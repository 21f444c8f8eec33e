package io.chitra.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketPlaceTest {

  @ParameterizedTest
  @CsvSource({
    "s3://chitra, chitra, ''",
    "s3://chitra/, chitra, ''",
    "s3://chitra/a/b, chitra, a/b",
    "s3://chitra//a//b/, chitra, a//b/",
    "s3:///a, '', a",
  })
  void aNameIsTakenApart(String name, String bucket, String prefix) {
    assertTrue(BucketPlace.isNamedBy(name));
    assertEquals(new BucketPlace(bucket, prefix), BucketPlace.of(name));
  }

  @Test
  void whatIsNoPlaceIsNamed() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> BucketPlace.of("gs://chitra/a"));
    assertTrue(String.valueOf(refused.getMessage()).contains("'gs://chitra/a'"));
  }

  @Test
  void itIsReachedAsAnother() {
    StoreConfig own =
        StoreConfig.at(
                URI.create("http://localhost:9000"), "own", new StoreCredentials("key", "secret"))
            .withPrefix("mine");
    assertEquals(
        StoreConfig.at(
                URI.create("http://localhost:9000"), "other", new StoreCredentials("key", "secret"))
            .withPrefix("theirs"),
        BucketPlace.of("s3://other/theirs").reachedAs(own));
  }
}
