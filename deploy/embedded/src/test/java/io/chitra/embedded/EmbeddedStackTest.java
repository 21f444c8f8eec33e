package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackOptions;
import io.chitra.worker.topology.Checkpoints;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The life of a stack: as a whole, among processes, through crashes. */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class EmbeddedStackTest {
  @TempDir Path temp;

  private final LocalMachine machine = machine();

  @Test
  void isSharedByProcessesAndGoesOnWhereItStopped() throws Exception {
    LocalStack owner = machine.openStack(options());
    assertFalse(owner.attached());
    StackAddresses addresses = owner.addresses();
    assertServed(addresses);
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(state().stackFile())));
    KafkaProbe kafka = new KafkaProbe(addresses.kafka());
    String topic = kafka.newTopic(Map.of());
    kafka.commit(topic, "before");

    try (ChildJvm guest = stackProcess()) {
      assertEquals(
          "attached %s %s %s"
              .formatted(addresses.kafka(), addresses.s3Endpoint(), addresses.flinkUi()),
          guest.awaitLine("attached"));
      CompletableFuture<Void> closed = CompletableFuture.runAsync(owner::close);
      // Closed by another's will alone: it is up as long as the guest is.
      assertEquals(List.of("before"), kafka.committed(topic));
      assertFalse(closed.isDone());
      guest.enter();
      assertEquals(0, guest.await());
      closed.join();
    }
    assertFalse(Files.exists(state().stackFile()));
    owner.await();

    long checkpoint = newestCheckpoint();
    try (LocalStack again = machine.openStack(options())) {
      assertEquals(List.of("before"), new KafkaProbe(again.addresses().kafka()).committed(topic));
      assertEquals(addresses.secretKey(), again.addresses().secretKey());
      while (newestCheckpoint() == checkpoint) {
        again.check();
        Thread.sleep(100);
      }
      // Numbers go on from a restored checkpoint; without one they begin at 1.
      assertTrue(newestCheckpoint() > checkpoint);
    }
  }

  @Test
  void killedStackIsNoticedAndItsSuccessorGoesOn() throws Exception {
    String topic;
    try (ChildJvm first = stackProcess()) {
      first.awaitLine("started");
      try (LocalStack guest = machine.openStack(options())) {
        assertTrue(guest.attached());
        assertEquals(first.pid(), guest.addresses().pid());
        guest.check();
        KafkaProbe kafka = new KafkaProbe(guest.addresses().kafka());
        topic = kafka.newTopic(Map.of());
        kafka.commit(topic, "before");

        first.kill();
        assertThrows(MachineException.class, guest::await);
        MachineException e = assertThrows(MachineException.class, guest::check);
        assertTrue(String.valueOf(e.getMessage()).contains("has ended"), e.getMessage());
      }
    }
    try (ChildJvm second = stackProcess()) {
      String kafka = second.awaitLine("started").split(" ", -1)[1];
      assertEquals(List.of("before"), new KafkaProbe(kafka).committed(topic));
      second.terminate();
      second.await();
    }
    assertFalse(Files.exists(state().stackFile()), "a signal stops it in order");
    assertTrue(Files.exists(state().kafka().resolve(".kafka_cleanshutdown")));
  }

  @Test
  void halfStartedStackClosesWhatItOpened() throws Exception {
    Files.createDirectories(temp.resolve("state"));
    Files.writeString(temp.resolve("state/version"), "1\n");
    Files.writeString(state().s3(), "a file where a folder belongs");
    int kafkaPort = Loopback.anyFree();
    StackOptions options = new StackOptions(state().root(), kafkaPort, 0, 0);

    MachineException e = assertThrows(MachineException.class, () -> machine.openStack(options));

    assertTrue(String.valueOf(e.getMessage()).contains("start the S3 endpoint"), e.getMessage());
    assertTrue(Loopback.isFree(kafkaPort));
    StateLock.tryAcquire(state().lock(), StateLock.Mode.ALONE).orElseThrow().close();
  }

  @Test
  void takenPortThatWasAskedForIsNamedWithItsOption() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.ADDRESS)) {
      int port = taken.getLocalPort();
      StackOptions options = new StackOptions(state().root(), 0, port, 0);
      MachineException e = assertThrows(MachineException.class, () -> machine.openStack(options));
      assertEquals(
          "Cannot start the S3 endpoint on port %d: the port is taken; choose another one with --s3-port, or leave that out"
              .formatted(port),
          e.getMessage());
    }
  }

  private static LocalMachine machine() {
    try {
      return LocalMachine.provider();
    } catch (MachineException e) {
      throw new AssertionError(e);
    }
  }

  private StateFolder state() {
    return new StateFolder(temp.resolve("state"));
  }

  private StackOptions options() {
    return new StackOptions(state().root(), 0, 0, 0);
  }

  private ChildJvm stackProcess() throws IOException {
    return ChildJvm.start(temp.resolve("logs"), StackProcess.class, state().root());
  }

  private long newestCheckpoint() throws IOException {
    String uri = state().checkpoints().toUri().toString();
    return Checkpoints.newest(uri)
        .map(path -> Long.parseLong(path.substring(path.lastIndexOf('-') + 1)))
        .orElse(0L);
  }

  private static void assertServed(StackAddresses addresses) throws Exception {
    assertEquals(ProcessHandle.current().pid(), addresses.pid());
    assertEquals("chitra", addresses.bucket());
    assertEquals(200, get(addresses.flinkUi().resolve("/jobs/overview")));
    assertEquals(200, get(addresses.flinkUi().resolve("/index.html")));
    assertEquals(403, get(addresses.s3Endpoint().resolve("/chitra")));
  }

  private static int get(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
        .statusCode();
  }
}
