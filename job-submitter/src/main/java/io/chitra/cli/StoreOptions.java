package io.chitra.cli;

import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an S3 store is that runs elsewhere. */
final class StoreOptions {

  @Option(
      names = "--s3",
      paramLabel = "URL",
      order = 72,
      description = "S3 endpoint, as http://host:9000 (default: AWS's for the region).")
  private @Nullable URI endpoint;

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      order = 73,
      description = "Bucket (default: chitra).")
  private @Nullable String bucket;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      order = 74,
      description = "What all keys in the bucket begin with (default: nothing).")
  private @Nullable String prefix;

  @Option(
      names = "--region",
      paramLabel = "NAME",
      order = 75,
      description = "Region of the bucket (default: us-east-1).")
  private @Nullable String region;

  @Option(
      names = "--access-key",
      paramLabel = "KEY",
      order = 76,
      description =
          "Access key (default: what the AWS SDK finds: environment, profile or role, where"
              + " secrets are better kept).")
  private @Nullable String accessKey;

  @Option(
      names = "--secret-key",
      paramLabel = "KEY",
      order = 77,
      description = "Secret key that belongs to the access key.")
  private @Nullable String secretKey;

  /** Whether a store elsewhere is named. */
  boolean given() {
    return endpoint != null || bucket != null;
  }

  StoreConfig config() throws CliException {
    if ((accessKey == null) != (secretKey == null)) {
      throw CliException.usage(
          "Cannot use one key alone: give --access-key and --secret-key, or neither");
    }
    try {
      return new StoreConfig(
          endpoint,
          region == null ? StoreConfig.DEFAULT_REGION : region,
          bucket == null ? "chitra" : bucket,
          prefix == null ? "" : prefix,
          accessKey == null || secretKey == null
              ? null
              : new StoreCredentials(accessKey, secretKey));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  /** As options of a worker. */
  Map<String, String> workerOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    put(options, "chitra.s3.endpoint", endpoint);
    put(options, "chitra.s3.bucket", bucket);
    put(options, "chitra.s3.prefix", prefix);
    put(options, "chitra.s3.region", region);
    put(options, "chitra.s3.access-key", accessKey);
    put(options, "chitra.s3.secret-key", secretKey);
    return options;
  }

  private static void put(Map<String, String> options, String name, @Nullable Object value) {
    if (value != null) {
      options.put(name, value.toString());
    }
  }
}
