package io.chitra.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before an S3 endpoint, hands on what is asked and answered byte by byte, and cheats now
 * and then. One request a connection.
 *
 * <p>Life cycle: from {@link #start} to {@link #close}. Threads: its own; safe for use by several.
 */
final class FaultProxy implements AutoCloseable {

  /** What can happen to a request. */
  enum Fault {
    /** 503, nothing was done. */
    UNAVAILABLE,
    /** 500, nothing was done. */
    INTERNAL_ERROR,
    /** 507, as of a full disk; nothing was done. */
    FULL,
    /** It takes a while. */
    SLOW,
    /** The connection breaks in the middle of the request. */
    CUT_REQUEST,
    /** It is done, and nobody is told. */
    LOST_ANSWER
  }

  private static final Logger LOG = LoggerFactory.getLogger(FaultProxy.class);
  private static final int MAX_HEAD = 64 * 1024;
  private static final long SLOW_MILLIS = 1_500;
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1);

  private final ServerSocket server;
  private final int upstream;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "fault-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final Random random = new Random(7);
  private final Map<Fault, Long> counts = new ConcurrentHashMap<>();
  private final AtomicLong pictures = new AtomicLong();
  private volatile Weather weather = new Weather(0, List.of());

  /** How often which faults happen. */
  private record Weather(double share, List<Fault> faults) {}

  private FaultProxy(ServerSocket server, int upstream) {
    this.server = server;
    this.upstream = upstream;
  }

  /** Starts one on loopback that hands on to a port there. */
  static FaultProxy start(int upstream) throws IOException {
    FaultProxy proxy =
        new FaultProxy(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), upstream);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** From now on, this share of the requests meets one of these faults. */
  void cheat(double share, Fault... faults) {
    weather = new Weather(share, List.of(faults));
  }

  /** How many requests met a fault. */
  long faults() {
    return counts().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Likewise, by fault. */
  Map<Fault, Long> counts() {
    Map<Fault, Long> now = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      now.put(fault, counts.getOrDefault(fault, 0L));
    }
    return now;
  }

  /** How many puts of pictures have come by. */
  long pictures() {
    return pictures.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        LOG.debug("No more connections", e);
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] bytes = head(in);
      if (bytes.length > 0) {
        Head head = Head.of(bytes);
        if (head.expectsContinue()) {
          out.write(CONTINUE);
          out.flush();
        }
        byte[] body = in.readNBytes(head.length());
        if (head.isPutOfPicture()) {
          pictures.incrementAndGet();
        }
        answer(head, body, out);
      }
    } catch (IOException e) {
      LOG.debug("A connection broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(Head head, byte[] body, OutputStream out)
      throws IOException, InterruptedException {
    Fault fault = draw();
    if (fault == null) {
      out.write(forward(head, body));
      return;
    }
    counts.merge(fault, 1L, Long::sum);
    switch (fault) {
      case UNAVAILABLE -> out.write(refusal("503 Slow Down", "SlowDown"));
      case INTERNAL_ERROR -> out.write(refusal("500 Internal Server Error", "InternalError"));
      case FULL -> out.write(refusal("507 Insufficient Storage", "InsufficientStorage"));
      case SLOW -> {
        Thread.sleep(SLOW_MILLIS);
        out.write(forward(head, body));
      }
      case CUT_REQUEST -> cut(head, body);
      case LOST_ANSWER -> forward(head, body);
    }
    out.flush();
  }

  private @Nullable Fault draw() {
    Weather now = weather;
    synchronized (random) {
      return random.nextDouble() < now.share && !now.faults.isEmpty()
          ? now.faults.get(random.nextInt(now.faults.size()))
          : null;
    }
  }

  private static byte[] refusal(String status, String code) {
    String body = "<Error><Code>" + code + "</Code><Message>a test</Message></Error>";
    return "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        .formatted(status, body.length(), body)
        .getBytes(ISO_8859_1);
  }

  /** Asks the endpoint, and returns all of its answer, which its end of the connection ends. */
  private byte[] forward(Head head, byte[] body) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
      OutputStream out = server.getOutputStream();
      out.write(head.once());
      out.write(body);
      out.flush();
      return answer(server.getInputStream());
    }
  }

  /** All that came: a server that did not read all of a request may break the connection then. */
  private static byte[] answer(InputStream in) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      in.transferTo(answer);
    } catch (SocketException e) {
      if (answer.size() == 0) {
        throw e;
      }
    }
    return answer.toByteArray();
  }

  private void cut(Head head, byte[] body) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
      OutputStream out = server.getOutputStream();
      out.write(head.once());
      out.write(body, 0, body.length / 2);
      out.flush();
    }
  }

  /** Everything up to the empty line, which is included; empty when nothing is asked. */
  private static byte[] head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream(1024);
    int ends = 0;
    while (ends < 4) {
      int next = in.read();
      if (next < 0) {
        return new byte[0];
      }
      head.write(next);
      boolean expected = next == (ends % 2 == 0 ? '\r' : '\n');
      ends = expected ? ends + 1 : next == '\r' ? 1 : 0;
      if (head.size() > MAX_HEAD) {
        throw new IOException("Cannot hand on a request: its head has no end");
      }
    }
    return head.toByteArray();
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  /**
   * The head of a request.
   *
   * @param lines without their ends; the request line first
   */
  private record Head(List<String> lines) {

    static Head of(byte[] bytes) throws IOException {
      Head head =
          new Head(
              Arrays.stream(new String(bytes, ISO_8859_1).split("\r\n"))
                  .filter(line -> !line.isEmpty())
                  .toList());
      if (!head.value("transfer-encoding").isEmpty()) {
        throw new IOException("Cannot hand on a request in chunks: " + head.lines.get(0));
      }
      return head;
    }

    private String value(String name) {
      return lines.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    int length() {
      String length = value("content-length");
      return length.isEmpty() ? 0 : Integer.parseInt(length);
    }

    boolean expectsContinue() {
      return value("expect").equalsIgnoreCase("100-continue");
    }

    boolean isPutOfPicture() {
      return lines.get(0).startsWith("PUT ") && lines.get(0).contains("/images/");
    }

    /** The same request as the only one of its connection. */
    byte[] once() {
      StringBuilder head = new StringBuilder();
      for (String line : lines) {
        String name = line.toLowerCase(Locale.ROOT);
        if (!name.startsWith("connection:") && !name.startsWith("expect:")) {
          head.append(line).append("\r\n");
        }
      }
      return head.append("Connection: close\r\n\r\n").toString().getBytes(ISO_8859_1);
    }
  }
}
