package io.chitra.net;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Kafka's clients talk in the clear unless they are told otherwise. Within one machine that is
 * fine; beyond it somebody has to want it.
 */
public final class KafkaTransport {

  private static final String PROTOCOL = "security.protocol";

  private KafkaTransport() {}

  /**
   * Why clients may not be made. Looks hosts up; blocks for that.
   *
   * @param bootstrapServers HOST:PORT, several with commas
   * @param properties of the clients
   * @param where what a person writes before a property's name, for the message
   */
  public static Optional<String> refusal(
      String bootstrapServers, Map<String, String> properties, String where) {
    if (properties.containsKey(PROTOCOL)) {
      return Optional.empty();
    }
    return Arrays.stream(bootstrapServers.split(","))
        .map(String::strip)
        .filter(server -> !Hosts.onThisMachine(host(server)))
        .findFirst()
        .map(
            server ->
                ("Cannot use Kafka at %s: it is not on this machine, and nothing says how to talk"
                        + " to it. Set %s%s to SSL or SASL_SSL, or to PLAINTEXT if everybody on the"
                        + " way may read and change it")
                    .formatted(server, where, PROTOCOL));
  }

  private static String host(String server) {
    int colon = server.lastIndexOf(':');
    String host = colon < 0 ? server : server.substring(0, colon);
    return host.substring(host.lastIndexOf('/') + 1);
  }
}
