package io.chitra.input;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Downloads files over https, and nothing else: the first URI and every one that it leads on to
 * must be https and allowed, and so must every address that its host has. Takes no more bytes and
 * no more time than its limits. Immutable; safe for use by several threads; nothing to close.
 *
 * <p>Java keeps the addresses of a host for 30 seconds ({@code networkaddress.cache.ttl}): the
 * connection that follows goes to one of those that were looked at.
 */
public final class HttpsDownload {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final int OK = 200;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> WORTH_ASKING_AGAIN = Set.of(408, 425, 429);
  private static final int MAX_REDIRECTS = 5;

  private final HttpClient client;
  private final Predicate<URI> allowed;
  private final Predicate<InetAddress> allowedAddresses;
  private final long maxBytes;

  /**
   * @param client that follows no redirects, as {@link #client} makes it
   * @param allowed whether an https URI may be asked
   * @param allowedAddresses whether a host with this address may be
   * @param maxBytes of a file
   */
  public HttpsDownload(
      HttpClient client,
      Predicate<URI> allowed,
      Predicate<InetAddress> allowedAddresses,
      long maxBytes) {
    this.client = client;
    this.allowed = allowed;
    this.allowedAddresses = allowedAddresses;
    this.maxBytes = maxBytes;
  }

  /** A client as downloads need it. */
  public static HttpClient.Builder client() {
    return HttpClient.newBuilder()
        .connectTimeout(CONNECT_TIMEOUT)
        .followRedirects(HttpClient.Redirect.NEVER);
  }

  /**
   * Writes a file of the web to a file that is not there yet. When that fails nothing is left.
   *
   * @throws RefusedDownloadException when asking again is of no use
   * @throws IOException when it may be
   */
  public void download(URI uri, Path to)
      throws IOException, RefusedDownloadException, InterruptedException {
    URI address = uri;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      requireAllowed(uri, address);
      HttpResponse<Void> answer = ask(uri, address, to);
      int status = answer.statusCode();
      if (status == OK) {
        return;
      }
      if (status >= 500 || WORTH_ASKING_AGAIN.contains(status)) {
        throw new IOException("Cannot download %s: the answer was %d".formatted(uri, status));
      }
      if (!REDIRECTS.contains(status)) {
        throw refused(uri, "the answer was " + status);
      }
      address = next(uri, address, answer.headers().firstValue("Location"));
    }
    throw refused(uri, "it is redirected more than " + MAX_REDIRECTS + " times");
  }

  private void requireAllowed(URI uri, URI address) throws IOException, RefusedDownloadException {
    String subject = address.equals(uri) ? "it" : "it leads on to " + address + ", which";
    if (!InputUri.isHttps(address)) {
      throw refused(uri, subject + " is no https://HOST/PATH");
    }
    if (!allowed.test(address)) {
      throw refused(uri, subject + " is at a host that is not allowed here");
    }
    if (!Arrays.stream(addresses(uri, address.getHost())).allMatch(allowedAddresses)) {
      throw refused(uri, subject + " is at a host with an address that is not allowed here");
    }
  }

  private static InetAddress[] addresses(URI uri, String host) throws IOException {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new IOException("Cannot download %s: no host is called %s".formatted(uri, host), e);
    }
  }

  private HttpResponse<Void> ask(URI uri, URI address, Path to)
      throws IOException, RefusedDownloadException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).build();
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(
            request,
            info ->
                info.statusCode() == OK
                    ? new LimitedFile(to, maxBytes)
                    : BodySubscribers.discarding());
    boolean written = false;
    try {
      HttpResponse<Void> response = answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      written = response.statusCode() == OK;
      return response;
    } catch (TimeoutException e) {
      throw new IOException(
          "Cannot download %s: it took more than %d minutes".formatted(uri, TIMEOUT.toMinutes()),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LimitedFile.TooLargeException) {
        throw refused(uri, "it has more than %d bytes".formatted(maxBytes));
      }
      throw new IOException("Cannot download %s: %s".formatted(uri, e.getCause()), e);
    } finally {
      if (!written) {
        answer.cancel(true);
        Files.deleteIfExists(to);
      }
    }
  }

  private static URI next(URI uri, URI address, Optional<String> location)
      throws RefusedDownloadException {
    try {
      return address.resolve(location.orElse(""));
    } catch (IllegalArgumentException e) {
      throw refused(uri, "it leads on to what is no address");
    }
  }

  private static RefusedDownloadException refused(URI uri, String why) {
    return new RefusedDownloadException("Cannot download %s: %s".formatted(uri, why));
  }
}
