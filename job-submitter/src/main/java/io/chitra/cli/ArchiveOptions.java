package io.chitra.cli;

import io.chitra.store.BucketPlace;
import io.chitra.store.FolderStore;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.store.StoreException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a replay reads the archive, and where that is. */
final class ArchiveOptions {

  @Option(
      names = "--from-archive",
      paramLabel = "s3://BUCKET/PREFIX|DIR",
      arity = "0..1",
      fallbackValue = "",
      order = 6,
      description =
          "Read the archive instead of the topics: the one in the store, or in another bucket, or"
              + " in a folder that is a copy of one. What the jobs need (models, VAEs, given files)"
              + " is brought from there.")
  private @Nullable String place;

  @Option(
      names = "--archive-s3",
      paramLabel = "URL",
      order = 80,
      description = "S3 endpoint of that bucket (default: the store's own).")
  private @Nullable URI endpoint;

  @Option(
      names = "--archive-region",
      paramLabel = "NAME",
      order = 81,
      description = "Region of that bucket (default: the store's own, or us-east-1 elsewhere).")
  private @Nullable String region;

  @Option(
      names = "--archive-access-key",
      paramLabel = "KEY",
      order = 82,
      description =
          "Access key for that bucket (default: the store's own, or what the AWS SDK finds with"
              + " --archive-s3).")
  private @Nullable String accessKey;

  @Option(
      names = "--archive-secret-key",
      paramLabel = "KEY",
      order = 83,
      description = "Secret key that belongs to it.")
  private @Nullable String secretKey;

  /** Whether an archive is read. */
  boolean given() {
    return place != null;
  }

  /** Where the archive is, when it is not in the store: as it was named. */
  Optional<String> elsewhere() {
    return Optional.ofNullable(place).filter(named -> !named.isEmpty());
  }

  /** Fails for options that make no sense together. */
  void check() throws CliException {
    boolean inBucket = place != null && BucketPlace.isNamedBy(place);
    if (!inBucket && (endpoint != null || region != null || accessKey != null)) {
      throw CliException.usage(
          "Cannot use --archive-s3, --archive-region or --archive-access-key alone: name the bucket"
              + " with --from-archive s3://BUCKET/PREFIX");
    }
    if ((accessKey == null) != (secretKey == null)) {
      throw CliException.usage(
          "Cannot use one key alone: give --archive-access-key and --archive-secret-key, or"
              + " neither");
    }
  }

  /**
   * Opens the store of an archive elsewhere.
   *
   * @param named as {@link #elsewhere} has it
   * @param own of the store that workers read
   */
  ObjectStore open(String named, StoreConfig own) throws CliException {
    try {
      return BucketPlace.isNamedBy(named)
          ? S3ObjectStore.open(config(BucketPlace.of(named), own))
          : new FolderStore(Path.of(named));
    } catch (IllegalArgumentException | StoreException e) {
      throw CliException.usage("Cannot read the archive %s: %s".formatted(named, e.getMessage()));
    }
  }

  private StoreConfig config(BucketPlace place, StoreConfig own) {
    boolean sameEndpoint = endpoint == null;
    String usual = sameEndpoint ? own.region() : StoreConfig.DEFAULT_REGION;
    @Nullable StoreCredentials credentials = sameEndpoint ? own.credentials() : null;
    return new StoreConfig(
        sameEndpoint ? own.endpoint() : endpoint,
        region == null ? usual : region,
        place.bucket(),
        place.prefix(),
        accessKey == null || secretKey == null
            ? credentials
            : new StoreCredentials(accessKey, secretKey));
  }
}
