package io.chitra.worker.render;

import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The hosts that a worker may fetch from, by their names alone: no wildcards, and no addresses by
 * number, since these lead into the worker's own network. Immutable.
 */
public final class AllowedHosts implements Predicate<URI> {

  private static final int HTTPS_PORT = 443;
  private static final Pattern HOST =
      Pattern.compile("(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?");
  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+(:[0-9]+)?|\\[.*");

  private final Set<String> hosts;

  /**
   * @param hosts each {@code HOST}, or {@code HOST:PORT} for another port than 443
   * @throws IllegalArgumentException for what is no name of a host
   */
  public AllowedHosts(Collection<String> hosts) {
    this.hosts =
        hosts.stream()
            .map(host -> checked(host.toLowerCase(Locale.ROOT)))
            .collect(Collectors.toSet());
  }

  private static String checked(String host) {
    if (!HOST.matcher(host).matches() || IP_ADDRESS.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "Cannot allow '%s': HOST or HOST:PORT would be right, and no address by number"
              .formatted(host));
    }
    return host.endsWith(":" + HTTPS_PORT) ? host.substring(0, host.lastIndexOf(':')) : host;
  }

  @Override
  public boolean test(URI uri) {
    String host = uri.getHost();
    if (host == null) {
      return false;
    }
    int port = uri.getPort();
    String name = host.toLowerCase(Locale.ROOT);
    return hosts.contains(port == -1 || port == HTTPS_PORT ? name : name + ":" + port);
  }
}
