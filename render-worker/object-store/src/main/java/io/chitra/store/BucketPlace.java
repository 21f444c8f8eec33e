package io.chitra.store;

/**
 * A place in a bucket as people name it: {@code s3://BUCKET/PREFIX}.
 *
 * @param bucket as it was written; {@link StoreConfig} tells whether it is a name for one
 * @param prefix without slashes before it; empty: the whole bucket
 */
public record BucketPlace(String bucket, String prefix) {

  private static final String SCHEME = "s3://";

  /** Whether a name is that of a place in a bucket, and not of a folder or anything else. */
  public static boolean isNamedBy(String name) {
    return name.startsWith(SCHEME);
  }

  /**
   * The place of that name.
   *
   * @throws IllegalArgumentException when the name is not that of a place in a bucket
   */
  public static BucketPlace of(String name) {
    if (!isNamedBy(name)) {
      throw new IllegalArgumentException(
          "Cannot take '%s' for a place in a bucket: s3://BUCKET/PREFIX would be right"
              .formatted(name));
    }
    String[] parts = name.substring(SCHEME.length()).split("/+", 2);
    return new BucketPlace(parts[0], parts.length == 1 ? "" : parts[1]);
  }

  /** How to reach it by the endpoint, the region and the credentials of another. */
  public StoreConfig reachedAs(StoreConfig other) {
    return new StoreConfig(other.endpoint(), other.region(), bucket, prefix, other.credentials());
  }
}
