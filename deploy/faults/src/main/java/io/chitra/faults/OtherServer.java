package io.chitra.faults;

import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of an {@link OtherStore}, started again on its objects whenever it dies.
 *
 * <p>Life cycle: from {@link #start}, which returns when it answers and its bucket is there, to
 * {@link #close}. Threads: safe for use by several.
 */
final class OtherServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OtherServer.class);
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_MILLIS = 50;
  private static final long REST_MILLIS = 1_000;

  private final ProcessBuilder command;
  private final int port;
  private boolean closed;
  private Process process;

  private OtherServer(ProcessBuilder command, int port) throws IOException {
    this.command = command;
    this.port = port;
    this.process = begin();
  }

  /**
   * Starts one.
   *
   * @param folder of its objects and its log
   * @param port on loopback
   * @param bucket made when missing
   */
  static OtherServer start(
      OtherStore store, Path folder, int port, String bucket, StoreCredentials credentials)
      throws IOException {
    Path program =
        store
            .program()
            .orElseThrow(
                () ->
                    new IOException(
                        "Cannot start %s: it was not built; deploy/faults/others.sh does that"
                            .formatted(store)));
    Path objects = Files.createDirectories(folder.resolve("objects"));
    List<String> line = new ArrayList<>(List.of(program.toString()));
    line.addAll(store.arguments("127.0.0.1:" + port, objects));
    ProcessBuilder command =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()));
    command.environment().putAll(store.environment(credentials));
    OtherServer server = new OtherServer(command, port);
    try {
      server.awaitAnswer();
      try (ObjectStore bucketStore =
          S3ObjectStore.open(StoreConfig.at(server.endpoint(), bucket, credentials))) {
        bucketStore.ensureBucket().join();
      }
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** The process that runs now. */
  synchronized ProcessHandle process() {
    return process.toHandle();
  }

  private Process begin() throws IOException {
    Process started = command.start();
    started.onExit().thenRun(this::raise);
    return started;
  }

  private void raise() {
    try {
      Thread.sleep(REST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (this) {
      if (closed) {
        return;
      }
      LOG.info("{} is started again", command.command().get(0));
      try {
        process = begin();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void awaitAnswer() throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new IOException(
              "Cannot reach %s on port %d".formatted(command.command().get(0), port), e);
        }
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Cannot wait for " + command.command().get(0), e);
      }
    }
  }

  @Override
  public void close() {
    Process last;
    synchronized (this) {
      closed = true;
      last = process;
    }
    last.destroyForcibly().onExit().join();
  }
}
