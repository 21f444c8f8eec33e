package io.chitra.cli;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka and the S3 store that a command talks to: of the stack on this machine, which is
 * started where none runs, or elsewhere. Closing it stops a stack that was started here.
 */
final class Backend implements AutoCloseable {

  private static final Duration OWN_TOPICS = Duration.ofSeconds(60);
  private static final Duration OTHER_TOPICS = Duration.ofSeconds(1);

  private final KafkaCluster kafka;
  private final ObjectStore objects;
  private final Optional<URI> s3Endpoint;
  private final Map<String, String> storeOptions;
  private final StoreConfig storeConfig;
  private final @Nullable LocalStack local;

  private Backend(
      KafkaCluster kafka,
      ObjectStore objects,
      Optional<URI> s3Endpoint,
      Map<String, String> storeOptions,
      StoreConfig storeConfig,
      @Nullable LocalStack local) {
    this.kafka = kafka;
    this.objects = objects;
    this.s3Endpoint = s3Endpoint;
    this.storeOptions = storeOptions;
    this.storeConfig = storeConfig;
    this.local = local;
  }

  /** The stack on this machine, unless a Kafka elsewhere is named. */
  static Backend open(Chitra chitra, PortOptions ports, KafkaOptions kafka, StoreOptions store)
      throws CliException, MachineException {
    Optional<KafkaCluster> elsewhere = kafka.cluster();
    if (elsewhere.isPresent()) {
      StoreConfig config = store.config();
      return new Backend(
          elsewhere.get(),
          S3ObjectStore.open(config),
          Optional.ofNullable(config.endpoint()),
          store.workerOptions(),
          config,
          null);
    }
    if (store.given()) {
      throw CliException.usage(
          "Cannot use an S3 store elsewhere with the Kafka of this machine: give --kafka too");
    }
    return local(chitra, ports);
  }

  /**
   * Likewise, for looking at what is there: where no stack runs on this machine, broker and S3 are
   * started without a worker.
   */
  static Backend stores(Chitra chitra, PortOptions ports, KafkaOptions kafka, StoreOptions store)
      throws CliException, MachineException {
    return kafka.cluster().isPresent() || store.given()
        ? open(chitra, ports, kafka, store)
        : of(
            LocalMachine.provider()
                .openStack(ports.stack(chitra.state(), Map.of(), new StackLayout.ServersAlone())));
  }

  /** The stack on this machine. */
  static Backend local(Chitra chitra, PortOptions ports) throws MachineException {
    return of(LocalMachine.provider().openStack(ports.stack(chitra.state())));
  }

  private static Backend of(LocalStack stack) {
    try {
      StackAddresses addresses = stack.addresses();
      StoreConfig config =
          new StoreConfig(
              addresses.s3Endpoint(),
              addresses.region(),
              addresses.bucket(),
              "",
              new StoreCredentials(addresses.accessKey(), addresses.secretKey()));
      return new Backend(
          new KafkaCluster(addresses.kafka(), Map.of()),
          S3ObjectStore.open(config),
          Optional.of(addresses.s3Endpoint()),
          Map.of(
              "chitra.s3.endpoint", addresses.s3Endpoint().toString(),
              "chitra.s3.region", addresses.region(),
              "chitra.s3.bucket", addresses.bucket(),
              "chitra.s3.access-key", addresses.accessKey(),
              "chitra.s3.secret-key", addresses.secretKey()),
          config,
          stack);
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  KafkaCluster kafka() {
    return kafka;
  }

  ObjectStore objects() {
    return objects;
  }

  /** The bytes of an object by its key within the bucket, as records have it. */
  CompletableFuture<byte[]> picture(String objectKey) {
    String prefix = objects.objectKey("");
    return objects.get(
        objectKey.startsWith(prefix) ? objectKey.substring(prefix.length()) : objectKey);
  }

  /** Where objects with a key's beginning are, for a person. */
  String address(String key) {
    return objects.address(key);
  }

  /** The S3 endpoint, unless it is AWS's. */
  Optional<URI> s3Endpoint() {
    return s3Endpoint;
  }

  /** The store as the options of a worker. */
  Map<String, String> storeOptions() {
    return storeOptions;
  }

  /** The store, for whoever opens another part of it. */
  StoreConfig storeConfig() {
    return storeConfig;
  }

  /** Flink's web page of the stack on this machine. */
  Optional<URI> flinkUi() {
    return local == null ? Optional.empty() : Optional.of(local.addresses().flinkUi());
  }

  /** Whether the worker runs here, over the same state folder. */
  boolean onThisMachine() {
    return local != null;
  }

  /** Whether this command has started a stack that ends with it. */
  boolean ownStack() {
    return local != null && !local.attached();
  }

  /** How long the worker may take to make the topics. */
  Duration topicPatience() {
    return local == null ? OTHER_TOPICS : OWN_TOPICS;
  }

  /**
   * Looks whether the stack on this machine still works.
   *
   * @throws MachineException when it does not, with the reason
   */
  void check() throws MachineException {
    if (local != null) {
      local.check();
    }
  }

  @Override
  public void close() {
    try {
      objects.close();
    } finally {
      if (local != null) {
        local.close();
      }
    }
  }
}
