package io.chitra.embedded;

import static java.util.Map.entry;

import io.chitra.cli.machine.MachineException;
import io.chitra.store.FolderTree;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker, its own controller (KRaft), on loopback and on disk. It takes up its data again
 * after a clean stop as after a crash.
 *
 * <p>Life cycle: {@link #start} returns when clients can be served, {@link #close} when everything
 * is on disk. Threads: the broker's own; the methods here belong to one thread. Kafka ends its
 * process on a fatal error; here such an error goes to the listener given at the start, so there is
 * at most one broker a JVM.
 */
final class EmbeddedKafka implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

  /** Broker and workers rest together: what a checkpoint prepared is committed days later. */
  static final Duration MAX_TRANSACTION = Duration.ofDays(7);

  private static final int NODE = 1;
  private static final String BROKER = "BROKER";
  private static final String CONTROLLER = "CONTROLLER";

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          entry("process.roles", "broker,controller"),
          entry("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"),
          entry("inter.broker.listener.name", BROKER),
          entry("controller.listener.names", CONTROLLER),
          // A killed broker keeps its successor out for a session; one on a busy machine must not
          // lose it.
          entry("broker.session.timeout.ms", "6000"),
          entry("broker.heartbeat.interval.ms", "500"),
          entry("controller.quorum.election.timeout.ms", "200"),
          entry("group.initial.rebalance.delay.ms", "0"),
          // Topics are made on purpose, with their settings, and kept for ever.
          entry("auto.create.topics.enable", "false"),
          entry("log.retention.ms", "-1"),
          entry("offsets.topic.replication.factor", "1"),
          entry("offsets.topic.num.partitions", "1"),
          entry("transaction.state.log.replication.factor", "1"),
          entry("transaction.state.log.min.isr", "1"),
          entry("transaction.state.log.num.partitions", "1"),
          entry("transaction.max.timeout.ms", MAX_TRANSACTION.toMillis() + ""),
          // A client or two: few threads, small buffers.
          entry("num.network.threads", "1"),
          entry("num.io.threads", "2"),
          entry("background.threads", "2"),
          entry("num.recovery.threads.per.data.dir", "1"),
          entry("log.cleaner.threads", "1"),
          entry("log.cleaner.dedupe.buffer.size", (4 << 20) + ""));

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedKafka(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts the broker on its data, which are made when the folder is missing.
   *
   * @param folder exists exactly when it is formatted whole
   * @param onFatal told when the broker, once started, cannot go on; from a thread of the broker's
   */
  static EmbeddedKafka start(Path folder, int port, Consumer<String> onFatal)
      throws MachineException {
    try {
      if (!Files.isDirectory(folder)) {
        format(folder);
      }
      // Before the broker has started, what is fatal is thrown as well.
      AtomicReference<Consumer<String>> listener = new AtomicReference<>(LOG::error);
      Exit.setExitProcedure((status, message) -> listener.get().accept(fatal(status, message)));
      Exit.setHaltProcedure((status, message) -> listener.get().accept(fatal(status, message)));
      KafkaRaftServer server =
          new KafkaRaftServer(new KafkaConfig(config(folder, port)), Time.SYSTEM);
      EmbeddedKafka kafka = new EmbeddedKafka(server, Loopback.HOST + ":" + port);
      try {
        server.startup();
      } catch (RuntimeException e) {
        kafka.close();
        throw e;
      }
      listener.set(onFatal);
      return kafka;
    } catch (Exception e) {
      throw Failures.cannot(
          "start the Kafka broker on port " + port + " with data in " + folder, e);
    }
  }

  private static String fatal(int status, @Nullable String message) {
    return "the Kafka broker stopped with status "
        + status
        + (message == null ? "" : ": " + message);
  }

  /** Formats beside the folder and moves it there whole, so that a crash leaves no half of it. */
  private static void format(Path folder) throws Exception {
    Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
    FolderTree.delete(fresh);
    Files.createDirectories(fresh);
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(NODE)
        .addDirectory(fresh.toString())
        .setMetadataLogDirectory(fresh.toString())
        .setControllerListenerName(CONTROLLER)
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .run();
    Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Map<String, String> config(Path folder, int port) throws MachineException {
    int controllerPort = Loopback.anyFree();
    Map<String, String> config = new HashMap<>(SETTINGS);
    config.put("node.id", NODE + "");
    config.put("log.dirs", folder.toString());
    config.put("listeners", listener(BROKER, port) + "," + listener(CONTROLLER, controllerPort));
    config.put("advertised.listeners", listener(BROKER, port));
    config.put("controller.quorum.voters", NODE + "@" + Loopback.HOST + ":" + controllerPort);
    return config;
  }

  private static String listener(String name, int port) {
    return name + "://" + Loopback.HOST + ":" + port;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    Exit.resetExitProcedure();
    Exit.resetHaltProcedure();
  }
}
