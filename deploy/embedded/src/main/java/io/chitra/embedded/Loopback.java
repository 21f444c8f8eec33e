package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/** The interface everything here listens on, and its ports. */
public final class Loopback {
  static final InetAddress ADDRESS = address();
  static final String HOST = ADDRESS.getHostAddress();

  private static final int CONNECT_MILLIS = 1_000;

  /** Below the ports that systems give to outgoing connections, and above those that are known. */
  private static final int FIRST_PORT = 20_000;

  private static final int PORTS_END = 32_768;
  private static final int PORT_TRIES = 100;

  private Loopback() {}

  private static InetAddress address() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  /** Whether a server could listen there now. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do it: a port that only lingers in TIME_WAIT is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(ADDRESS, port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether something answers there now. */
  static boolean isServed(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(ADDRESS, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A port that nobody listens on now, and that no outgoing connection takes by chance before a
   * server does.
   *
   * @throws MachineException when all that were tried are taken
   */
  public static int anyFree() throws MachineException {
    for (int tries = 0; tries < PORT_TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, PORTS_END);
      if (isFree(port)) {
        return port;
      }
    }
    throw new MachineException(
        "Cannot find a free port on %s: %d between %d and %d were tried, and all are taken"
            .formatted(HOST, PORT_TRIES, FIRST_PORT, PORTS_END - 1));
  }
}
