package io.chitra.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Hosts by their names. */
public final class Hosts {

  private Hosts() {}

  /** Whether all of its addresses are loopback; looks them up, and blocks for that. */
  public static boolean onThisMachine(String host) {
    try {
      return !host.isEmpty()
          && Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
