package io.chitra.input;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A real https server on this machine, with a certificate of its own that its clients trust. */
final class HttpsServer implements AutoCloseable {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final com.sun.net.httpserver.HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SSLContext tls;

  private HttpsServer(com.sun.net.httpserver.HttpsServer server, SSLContext tls) {
    this.server = server;
    this.tls = tls;
  }

  static HttpsServer start(Path folder) throws Exception {
    SSLContext tls = tls(certificate(folder.resolve("server.p12")));
    var server =
        com.sun.net.httpserver.HttpsServer.create(
            new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    HttpsServer started = new HttpsServer(server, tls);
    server.setExecutor(started.threads);
    server.start();
    return started;
  }

  /** Makes a key and its certificate with the JDK's own tool. */
  private static KeyStore certificate(Path file) throws Exception {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(file.resolveSibling("keytool.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(file.resolveSibling("keytool.log")));
    }
    return KeyStore.getInstance(file.toFile(), PASSWORD);
  }

  private static SSLContext tls(KeyStore keys) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return tls;
  }

  void handle(String path, HttpHandler handler) {
    server.createContext(path, handler);
  }

  /** A client that trusts this server. */
  HttpClient client() {
    return HttpsDownload.client().sslContext(tls).build();
  }

  URI uri(String path) {
    return URI.create("https://localhost:" + server.getAddress().getPort() + path);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
