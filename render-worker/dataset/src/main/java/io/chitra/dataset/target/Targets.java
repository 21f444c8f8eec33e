package io.chitra.dataset.target;

import io.chitra.store.BucketPlace;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens targets by the names that people give them. */
public final class Targets {

  private Targets() {}

  /**
   * Opens a target; touches nothing yet.
   *
   * @param to a folder's path, or {@code s3://BUCKET/PREFIX}
   * @param store how to reach the object store; its bucket and prefix do not matter
   * @throws IllegalArgumentException when the name is not one of these; the message is for a person
   */
  public static Target open(String to, StoreConfig store) {
    if (BucketPlace.isNamedBy(to)) {
      return new StoreTarget(S3ObjectStore.open(place(to, store)), to);
    }
    if (to.isBlank() || to.contains("://")) {
      throw new IllegalArgumentException(
          "Cannot write a dataset to '%s': a folder or s3://BUCKET/PREFIX would be right"
              .formatted(to));
    }
    try {
      return new FolderTarget(Path.of(to).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "Cannot write a dataset to '%s': %s".formatted(to, e.getMessage()), e);
    }
  }

  private static StoreConfig place(String to, StoreConfig store) {
    BucketPlace place = BucketPlace.of(to);
    if (place.prefix().isEmpty()) {
      throw new IllegalArgumentException(
          ("Cannot write a dataset to '%s': a bucket holds more than one thing; name a place in it,"
                  + " such as %s/datasets/NAME")
              .formatted(to, to.replaceAll("/+$", "")));
    }
    return place.reachedAs(store);
  }
}
