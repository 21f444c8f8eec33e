package io.chitra.store;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a store is and how it lets one in.
 *
 * @param endpoint of any store that speaks S3, reached with the bucket in the path; null: AWS
 * @param region AWS's name for it; other stores take any, mostly {@link #DEFAULT_REGION}
 * @param bucket the bucket
 * @param prefix what the keys of all objects begin with: empty, or ending with a slash (which is
 *     added where it is missing)
 * @param credentials null: those that the AWS SDK finds (environment, profile, role)
 */
public record StoreConfig(
    @Nullable URI endpoint,
    String region,
    String bucket,
    String prefix,
    @Nullable StoreCredentials credentials) {

  public static final String DEFAULT_REGION = "us-east-1";

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  public StoreConfig {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException(
          "Cannot use the bucket '%s': a bucket's name is 3 to 63 of a-z 0-9 . -"
              .formatted(bucket));
    }
    if (endpoint != null && (endpoint.getScheme() == null || endpoint.getHost() == null)) {
      throw new IllegalArgumentException(
          "Cannot use the endpoint '%s': http://HOST:PORT or https://HOST would be right"
              .formatted(endpoint));
    }
    if (region.isBlank()) {
      throw new IllegalArgumentException("Cannot use an empty region: us-east-1 is the usual one");
    }
    prefix = prefix.startsWith("/") ? prefix.substring(1) : prefix;
    prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /** A bucket in AWS, reached with the credentials that the AWS SDK finds. */
  public static StoreConfig aws(String region, String bucket) {
    return new StoreConfig(null, region, bucket, "", null);
  }

  /** A bucket in another store that speaks S3. */
  public static StoreConfig at(URI endpoint, String bucket, StoreCredentials credentials) {
    return new StoreConfig(endpoint, DEFAULT_REGION, bucket, "", credentials);
  }

  /** The same with another prefix. */
  public StoreConfig withPrefix(String prefix) {
    return new StoreConfig(endpoint, region, bucket, prefix, credentials);
  }
}
