package io.chitra.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Addresses of the public internet, as against those that lead into one's own machine, network or
 * cloud account: IANA's special-purpose registries, and the metadata services of clouds. Pure
 * functions.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6</a>
 */
public final class PublicAddresses {

  /** What is not public, though it has the form of an address that could be. */
  private static final List<Block> NOT_PUBLIC =
      List.of(
          Block.of("0.0.0.0", 8), // this network
          Block.of("10.0.0.0", 8), // private
          Block.of("100.64.0.0", 10), // carrier-grade NAT
          Block.of("127.0.0.0", 8), // loopback
          Block.of("168.63.129.16", 32), // Azure's host
          Block.of("169.254.0.0", 16), // link-local, and the clouds' metadata
          Block.of("172.16.0.0", 12), // private
          Block.of("192.0.0.0", 24), // protocol assignments, and Oracle's metadata
          Block.of("192.0.2.0", 24), // documentation
          Block.of("192.88.99.0", 24), // 6to4 relays
          Block.of("192.168.0.0", 16), // private
          Block.of("198.18.0.0", 15), // benchmarks
          Block.of("198.51.100.0", 24), // documentation
          Block.of("203.0.113.0", 24), // documentation
          Block.of("224.0.0.0", 4), // multicast
          Block.of("240.0.0.0", 4), // reserved, broadcast
          Block.of("2001::", 23), // protocol assignments, Teredo among them
          Block.of("2001:db8::", 32), // documentation
          Block.of("3fff::", 20)); // documentation

  /** All that is given out of IPv6: outside are loopback, private, link-local and multicast. */
  private static final Block GLOBAL_UNICAST = Block.of("2000::", 3);

  private static final Block SIX_TO_FOUR = Block.of("2002::", 16);
  private static final Block NAT64 = Block.of("64:ff9b::", 96);

  private PublicAddresses() {}

  /** Addresses that begin with the same bits. */
  private record Block(byte[] first, int bits) {

    static Block of(String address, int bits) {
      return new Block(bytes(address), bits);
    }

    boolean has(byte[] address) {
      if (address.length != first.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if (((address[bit / 8] ^ first[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private static byte[] bytes(String number) {
    try {
      return InetAddress.getByName(number).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("Cannot read the address " + number, e);
    }
  }

  /** Whether it is one; an address that carries another (6to4, NAT64) is what that is. */
  public static boolean has(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (NOT_PUBLIC.stream().anyMatch(block -> block.has(bytes))) {
      return false;
    }
    if (address instanceof Inet4Address) {
      return true;
    }
    if (SIX_TO_FOUR.has(bytes)) {
      return hasIpv4(Arrays.copyOfRange(bytes, 2, 6));
    }
    if (NAT64.has(bytes)) {
      return hasIpv4(Arrays.copyOfRange(bytes, 12, 16));
    }
    return GLOBAL_UNICAST.has(bytes);
  }

  private static boolean hasIpv4(byte[] address) {
    return NOT_PUBLIC.stream().noneMatch(block -> block.has(address));
  }
}
