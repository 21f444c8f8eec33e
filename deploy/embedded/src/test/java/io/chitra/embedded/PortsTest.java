package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PortsTest {
  private static final Path STATE = Path.of("/state");

  @Test
  void takenUsualPortIsMoved() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      take(taken, Ports.KAFKA);
      Ports ports = Ports.choose(new StackOptions(STATE, 0, 0, 0));
      assertNotEquals(Ports.KAFKA, ports.kafka());
      assertTrue(Loopback.isFree(ports.kafka()));
    }
  }

  @Test
  void portLostInARaceIsMovedUnlessItWasAskedFor() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.ADDRESS)) {
      int lost = taken.getLocalPort();
      assertNotEquals(lost, Ports.start("it", 0, lost, PortsTest::listen));
      assertThrows(MachineException.class, () -> Ports.start("it", lost, lost, PortsTest::listen));
    }
  }

  private static int listen(int port) throws MachineException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(Loopback.ADDRESS, port));
      return port;
    } catch (IOException e) {
      throw Failures.cannot("listen on " + port, e);
    }
  }

  @Test
  void portAskedForIsUsed() throws Exception {
    int port = Loopback.anyFree();
    assertEquals(port, Ports.choose(new StackOptions(STATE, 0, 0, port)).flink());
  }

  @Test
  void portAskedForTwiceIsRefused() throws Exception {
    int port = Loopback.anyFree();
    MachineException e =
        assertThrows(
            MachineException.class, () -> Ports.choose(new StackOptions(STATE, port, port, 0)));
    assertTrue(String.valueOf(e.getMessage()).contains("--s3-port"), e.getMessage());
  }

  /** Whoever has the port, it is taken afterwards. */
  private static void take(ServerSocket socket, int port) throws IOException {
    if (Loopback.isFree(port)) {
      socket.bind(new InetSocketAddress(Loopback.ADDRESS, port));
    }
  }
}
