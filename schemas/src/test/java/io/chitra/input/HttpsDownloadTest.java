package io.chitra.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.chitra.net.PublicAddresses;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpsDownloadTest {

  private static final byte[] BODY = new byte[300_000];

  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static HttpsServer server;
  private static final AtomicInteger ASKED = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    for (int i = 0; i < BODY.length; i++) {
      BODY[i] = (byte) i;
    }
    server = HttpsServer.start(shared);
    server.handle("/file", exchange -> answer(exchange, 200, BODY));
    server.handle("/redirected", exchange -> redirect(exchange, "/file"));
    server.handle("/round", exchange -> redirect(exchange, "/round"));
    server.handle("/plain", exchange -> redirect(exchange, "http://localhost/file"));
    server.handle("/inside", exchange -> redirect(exchange, "https://127.0.0.1/file"));
    server.handle("/nowhere", exchange -> answer(exchange, 302, new byte[0]));
    server.handle("/missing", exchange -> answer(exchange, 404, BODY));
    server.handle("/busy", exchange -> answer(exchange, 503, BODY));
    server.handle("/slow-down", exchange -> answer(exchange, 429, BODY));
    server.handle(
        "/broken",
        exchange -> {
          exchange.sendResponseHeaders(200, BODY.length);
          exchange.getResponseBody().write(BODY, 0, 1000);
          exchange.getResponseBody().flush();
          throw new IOException("the line breaks");
        });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    ASKED.incrementAndGet();
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    answer(exchange, 302, new byte[0]);
  }

  private Path target() {
    return folder.resolve("target");
  }

  private void download(String path, Predicate<URI> allowed, long maxBytes) throws Exception {
    new HttpsDownload(server.client(), allowed, address -> true, maxBytes)
        .download(server.uri(path), target());
  }

  private String refusal(String path) {
    RefusedDownloadException e =
        assertThrows(
            RefusedDownloadException.class,
            () -> download(path, uri -> uri.getHost().equals("localhost"), BODY.length));
    assertFalse(Files.exists(target()));
    return String.valueOf(e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/file", "/redirected"})
  void bringsTheFile(String path) throws Exception {
    download(path, uri -> true, BODY.length);

    assertArrayEquals(BODY, Files.readAllBytes(target()));
  }

  @Test
  void takesNoByteTooMany() {
    RefusedDownloadException e =
        assertThrows(
            RefusedDownloadException.class, () -> download("/file", uri -> true, BODY.length - 1));

    assertEquals(
        "Cannot download %s: it has more than 299999 bytes".formatted(server.uri("/file")),
        e.getMessage());
    assertFalse(Files.exists(target()));
  }

  @Test
  void asksNoHostThatIsNotAllowed() {
    int asked = ASKED.get();

    RefusedDownloadException e =
        assertThrows(
            RefusedDownloadException.class, () -> download("/file", uri -> false, BODY.length));

    assertTrue(String.valueOf(e.getMessage()).contains("not allowed"), e.getMessage());
    assertEquals(asked, ASKED.get());
  }

  @Test
  void followsNobodyToWhereItMayNotGo() {
    assertTrue(refusal("/plain").contains("leads on to http://localhost/file"));
    assertTrue(refusal("/inside").contains("leads on to https://127.0.0.1/file, which is at a"));
    assertTrue(refusal("/round").endsWith("it is redirected more than 5 times"));
  }

  @Test
  void asksNoHostWhoseAddressIsNotAllowed() {
    int asked = ASKED.get();
    HttpsDownload publicOnly =
        new HttpsDownload(server.client(), uri -> true, PublicAddresses::has, BODY.length);

    RefusedDownloadException e =
        assertThrows(
            RefusedDownloadException.class,
            () -> publicOnly.download(server.uri("/file"), target()));

    assertEquals(
        "Cannot download %s: it is at a host with an address that is not allowed here"
            .formatted(server.uri("/file")),
        e.getMessage());
    assertEquals(asked, ASKED.get());
  }

  /** The first answer comes from an allowed address, and leads to one that is not. */
  @Test
  void followsNobodyToAnAddressThatIsNotAllowed() {
    HttpsDownload byNameOnly =
        new HttpsDownload(
            server.client(),
            uri -> true,
            address -> !address.toString().startsWith("/"), // an address without a name
            BODY.length);

    RefusedDownloadException e =
        assertThrows(
            RefusedDownloadException.class,
            () -> byNameOnly.download(server.uri("/inside"), target()));

    assertTrue(
        String.valueOf(e.getMessage())
            .endsWith(
                "https://127.0.0.1/file, which is at a host with an address that is not allowed"
                    + " here"),
        e.getMessage());
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertEquals(
        "Cannot download %s: the answer was 404".formatted(server.uri("/missing")),
        refusal("/missing"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/busy", "/slow-down", "/broken"})
  void whatMayWorkLaterIsNoRefusal(String path) {
    IOException e = assertThrows(IOException.class, () -> download(path, uri -> true, BODY.length));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("Cannot download " + server.uri(path)),
        e.getMessage());
    assertFalse(Files.exists(target()));
  }

  @Test
  void aServerThatIsNotTrustedIsNotAsked() {
    HttpsDownload others =
        new HttpsDownload(HttpsDownload.client().build(), uri -> true, address -> true, 1 << 20);

    assertThrows(IOException.class, () -> others.download(server.uri("/file"), target()));
  }
}
