package io.chitra.store;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.FileTransformerConfiguration;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * A bucket of any store that speaks S3, through the AWS SDK's asynchronous client on Netty. What is
 * worth asking again the SDK asks again, with its standard retries, and nobody else.
 *
 * <p>Checksums beyond those that S3 requires are off: stores other than AWS refuse them. Files of a
 * gigabyte and more go in parts, as S3 takes no more than five in one piece.
 */
public final class S3ObjectStore implements ObjectStore {

  private static final long MULTIPART_FROM_BYTES = 1L << 30;
  private static final long PART_BYTES = 64L << 20;

  private static final boolean DAEMON = true;
  private static final int CONNECTIONS = 64;
  private static final int WAITING_FOR_CONNECTION = 100_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(60);
  // Also how long a request hangs now and then that finds nobody listening: the Netty client loses
  // some refused connections, and waits for them.
  private static final Duration CONNECTION_WAIT_TIMEOUT = Duration.ofSeconds(10);
  private static final int PROBING_WRITERS = 8;
  private static final int MAX_METADATA_CHARACTERS = 2048;

  private final StoreConfig config;
  private final StoreFailures failures;
  private final AwsCredentialsProvider credentials;
  private final EventLoopGroup threads;
  private final SdkAsyncHttpClient http;
  private final S3AsyncClient client;
  private final S3AsyncClient fileClient;

  private S3ObjectStore(StoreConfig config, long multipartFromBytes, long partBytes) {
    this.config = config;
    this.failures = new StoreFailures(config);
    StoreCredentials keys = config.credentials();
    this.credentials =
        keys == null
            ? DefaultCredentialsProvider.builder().build()
            : StaticCredentialsProvider.create(
                AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()));
    // Its own, since those that the client would make take two seconds to end.
    this.threads = new NioEventLoopGroup(0, new DefaultThreadFactory("chitra-s3", DAEMON));
    this.http =
        NettyNioAsyncHttpClient.builder()
            .eventLoopGroup(SdkEventLoopGroup.create(threads))
            .maxConcurrency(CONNECTIONS)
            .maxPendingConnectionAcquires(WAITING_FOR_CONNECTION)
            .connectionAcquisitionTimeout(CONNECTION_WAIT_TIMEOUT)
            .connectionTimeout(CONNECT_TIMEOUT)
            .readTimeout(SILENCE_TIMEOUT)
            .writeTimeout(SILENCE_TIMEOUT)
            .build();
    this.client = clientBuilder().build();
    this.fileClient =
        clientBuilder()
            .multipartEnabled(true)
            .multipartConfiguration(
                parts ->
                    parts.thresholdInBytes(multipartFromBytes).minimumPartSizeInBytes(partBytes))
            .build();
  }

  /** Opens the store. Asks nothing of it yet: what is wrong shows with the first use. */
  public static S3ObjectStore open(StoreConfig config) {
    return open(config, MULTIPART_FROM_BYTES, PART_BYTES);
  }

  static S3ObjectStore open(StoreConfig config, long multipartFromBytes, long partBytes) {
    return new S3ObjectStore(config, multipartFromBytes, partBytes);
  }

  private S3AsyncClientBuilder clientBuilder() {
    S3AsyncClientBuilder builder =
        S3AsyncClient.builder()
            .httpClient(http)
            .credentialsProvider(credentials)
            .region(Region.of(config.region()))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
            .overrideConfiguration(
                client ->
                    client.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .retryOnException(StoreFailures::isConditionalConflict)
                            .build()));
    if (config.endpoint() != null) {
      builder.endpointOverride(config.endpoint()).forcePathStyle(true);
    }
    return builder;
  }

  @Override
  public String bucket() {
    return config.bucket();
  }

  @Override
  public String objectKey(String key) {
    return config.prefix() + key;
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    PutObjectRequest request = putRequest(key, contentType, metadata).ifNoneMatch("*").build();
    return recovered(
        "put",
        key,
        client
            .putObject(request, AsyncRequestBody.fromBytesUnsafe(body))
            .thenApply(done -> PutOutcome.CREATED),
        failure ->
            StoreFailures.isConditionUnmet(failure)
                ? Optional.of(PutOutcome.ALREADY_THERE)
                : Optional.empty());
  }

  @Override
  public CompletableFuture<Void> put(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    PutObjectRequest request = putRequest(key, contentType, metadata).build();
    return told(
        "put",
        key,
        client.putObject(request, AsyncRequestBody.fromBytesUnsafe(body)).thenApply(done -> null));
  }

  @Override
  public CompletableFuture<Void> put(
      String key, Path file, String contentType, Map<String, String> metadata) {
    PutObjectRequest request = putRequest(key, contentType, metadata).build();
    CompletableFuture<AsyncRequestBody> body = new CompletableFuture<>();
    try {
      body.complete(AsyncRequestBody.fromFile(file));
    } catch (UncheckedIOException e) {
      body.completeExceptionally(e);
    }
    return told(
        "put",
        key,
        body.thenCompose(bytes -> fileClient.putObject(request, bytes)).thenApply(done -> null));
  }

  private PutObjectRequest.Builder putRequest(
      String key, String contentType, Map<String, String> metadata) {
    checkMetadata(key, metadata);
    return PutObjectRequest.builder()
        .bucket(config.bucket())
        .key(objectKey(key))
        .contentType(contentType)
        .metadata(metadata);
  }

  /** HTTP headers carry visible ASCII only, and S3 keeps 2 KB of metadata. */
  private static void checkMetadata(String key, Map<String, String> metadata) {
    int characters = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      String both = entry.getKey() + entry.getValue();
      characters += both.length();
      if (!both.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        throw new IllegalArgumentException(
            "Cannot put %s: its metadata %s is not of visible ASCII characters; encode it"
                .formatted(key, entry.getKey()));
      }
    }
    if (characters > MAX_METADATA_CHARACTERS) {
      throw new IllegalArgumentException(
          "Cannot put %s: its metadata has %d characters, and S3 keeps %d"
              .formatted(key, characters, MAX_METADATA_CHARACTERS));
    }
  }

  @Override
  public CompletableFuture<Optional<StoredObject>> head(String key) {
    return recovered(
        "look at",
        key,
        client
            .headObject(head -> head.bucket(config.bucket()).key(objectKey(key)))
            .thenApply(found -> Optional.of(storedObject(key, found))),
        failure ->
            StoreFailures.isNotFound(failure) ? Optional.of(Optional.empty()) : Optional.empty());
  }

  private static StoredObject storedObject(String key, HeadObjectResponse head) {
    return new StoredObject(
        key,
        head.contentLength(),
        head.eTag(),
        head.contentType(),
        head.metadata(),
        head.lastModified());
  }

  @Override
  public CompletableFuture<byte[]> get(String key) {
    return told(
        "get",
        key,
        client
            .getObject(
                get -> get.bucket(config.bucket()).key(objectKey(key)),
                AsyncResponseTransformer.toBytes())
            .thenApply(ResponseBytes::asByteArrayUnsafe));
  }

  @Override
  public CompletableFuture<Path> download(String key, Path to) {
    Path partial = to.resolveSibling(to.getFileName() + "." + UUID.randomUUID() + ".partial");
    return told(
        "download",
        key,
        client
            .getObject(
                get -> get.bucket(config.bucket()).key(objectKey(key)),
                AsyncResponseTransformer.toFile(
                    partial, FileTransformerConfiguration.defaultCreateNew()))
            .thenApply(done -> moved(partial, to)));
  }

  private static Path moved(Path partial, Path to) {
    try {
      return Files.move(
          partial, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return told(
        "delete",
        key,
        client
            .deleteObject(delete -> delete.bucket(config.bucket()).key(objectKey(key)))
            .thenApply(done -> null));
  }

  @Override
  public Iterable<String> list(String keyPrefix) {
    return () -> new Keys(keyPrefix);
  }

  @Override
  public CompletableFuture<Void> ensureBucket() {
    return recovered(
            "look at",
            "",
            client.headBucket(head -> head.bucket(config.bucket())).thenApply(found -> true),
            failure -> StoreFailures.isNotFound(failure) ? Optional.of(false) : Optional.empty())
        .thenCompose(exists -> exists ? CompletableFuture.completedFuture(null) : createBucket());
  }

  private CompletableFuture<Void> createBucket() {
    CreateBucketRequest.Builder request = CreateBucketRequest.builder().bucket(config.bucket());
    if (config.endpoint() == null && !config.region().equals(StoreConfig.DEFAULT_REGION)) {
      request.createBucketConfiguration(where -> where.locationConstraint(config.region()));
    }
    return recovered(
            "create",
            "",
            client.createBucket(request.build()).thenApply(done -> true),
            failure ->
                failure instanceof BucketAlreadyOwnedByYouException
                    ? Optional.of(true)
                    : Optional.empty())
        .thenApply(created -> null);
  }

  @Override
  public CompletableFuture<ConditionalPuts> probeConditionalPuts() {
    String key = ".probe/" + UUID.randomUUID();
    byte[] body = {};
    List<CompletableFuture<PutOutcome>> writers =
        IntStream.range(0, PROBING_WRITERS)
            .mapToObj(i -> putIfAbsent(key, body, "application/octet-stream", Map.of()))
            .toList();
    return CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new))
        .thenCompose(done -> putIfAbsent(key, body, "application/octet-stream", Map.of()))
        .thenApply(
            late -> {
              if (late == PutOutcome.CREATED) {
                return ConditionalPuts.IGNORED;
              }
              long created =
                  writers.stream().filter(put -> put.join() == PutOutcome.CREATED).count();
              return created == 1 ? ConditionalPuts.HONOURED : ConditionalPuts.RACING;
            })
        .thenCompose(found -> delete(key).thenApply(done -> found));
  }

  @Override
  public void close() {
    fileClient.close();
    client.close();
    http.close();
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    if (credentials instanceof SdkAutoCloseable closeable) {
      closeable.close();
    }
  }

  /** The future, with the SDK's exceptions told in plain words. */
  private <T> CompletableFuture<T> told(String verb, String key, CompletableFuture<T> future) {
    return recovered(verb, key, future, failure -> Optional.empty());
  }

  /** The same for a future with failures that are answers. */
  private <T> CompletableFuture<T> recovered(
      String verb,
      String key,
      CompletableFuture<T> future,
      Function<Throwable, Optional<T>> answer) {
    String objectKey = key.isEmpty() ? "" : objectKey(key);
    return future.exceptionallyCompose(
        wrapped -> {
          Throwable failure = StoreFailures.unwrapped(wrapped);
          return answer
              .apply(failure)
              .map(CompletableFuture::completedFuture)
              .orElseGet(
                  () -> CompletableFuture.failedFuture(failures.explain(verb, objectKey, failure)));
        });
  }

  /** Goes through the keys under a prefix, and asks for the next page when it needs it. */
  private final class Keys implements Iterator<String> {

    private final String keyPrefix;
    private final Deque<String> page = new ArrayDeque<>();
    private @Nullable String nextPage;
    private boolean lastPage;

    Keys(String keyPrefix) {
      this.keyPrefix = keyPrefix;
    }

    @Override
    public boolean hasNext() {
      while (page.isEmpty() && !lastPage) {
        readPage();
      }
      return !page.isEmpty();
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return page.remove();
    }

    private void readPage() {
      ListObjectsV2Response listed =
          Futures.join(
              told(
                  "list",
                  keyPrefix,
                  client.listObjectsV2(
                      list ->
                          list.bucket(config.bucket())
                              .prefix(objectKey(keyPrefix))
                              .continuationToken(nextPage))));
      for (S3Object object : listed.contents()) {
        page.add(object.key().substring(config.prefix().length()));
      }
      nextPage = listed.nextContinuationToken();
      lastPage = !Boolean.TRUE.equals(listed.isTruncated());
    }
  }
}
