package io.chitra.checker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A bucket, read with path-style requests that are signed as AWS describes in "Signature Version
 * 4". Safe for use by several threads.
 */
final class Bucket {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String EMPTY = sha256(new byte[0]);
  private static final int TRIES = 5;
  private static final int NOT_FOUND = 404;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI endpoint;
  private final String name;
  private final String region;
  private final String accessKey;
  private final String secretKey;

  Bucket(URI endpoint, String name, String region, String accessKey, String secretKey) {
    this.endpoint = endpoint;
    this.name = name;
    this.region = region;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
  }

  /** What a store says of an object, or all of it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Found(long length, Optional<String> sha256OfMetadata, byte[] body) {}

  /** Looks at an object. */
  Optional<Found> head(String key) throws IOException, InterruptedException {
    return object("HEAD", key);
  }

  /** Reads an object. */
  Optional<Found> read(String key) throws IOException, InterruptedException {
    return object("GET", key);
  }

  private Optional<Found> object(String method, String key)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = send(method, "/" + name + "/" + path(key), Map.of());
    if (response.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    if (response.statusCode() != 200) {
      throw new IOException("%s %s: status %d".formatted(method, key, response.statusCode()));
    }
    return Optional.of(
        new Found(
            response.headers().firstValueAsLong("content-length").orElse(response.body().length),
            response.headers().firstValue("x-amz-meta-file-sha256"),
            response.body()));
  }

  /** Hands on every key with this begin. */
  void list(String prefix, Consumer<String> keys) throws IOException, InterruptedException {
    Optional<String> next = Optional.empty();
    do {
      Map<String, String> query = new TreeMap<>(Map.of("list-type", "2", "prefix", prefix));
      next.ifPresent(token -> query.put("continuation-token", token));
      HttpResponse<byte[]> response = send("GET", "/" + name, query);
      if (response.statusCode() != 200) {
        throw new IOException("list of %s: status %d".formatted(prefix, response.statusCode()));
      }
      Document page = xml(response.body());
      NodeList found = page.getElementsByTagName("Key");
      for (int i = 0; i < found.getLength(); i++) {
        keys.accept(found.item(i).getTextContent());
      }
      NodeList token = page.getElementsByTagName("NextContinuationToken");
      next =
          token.getLength() == 0 ? Optional.empty() : Optional.of(token.item(0).getTextContent());
    } while (next.isPresent());
  }

  private static Document xml(byte[] body) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return factory.newDocumentBuilder().parse(new ByteArrayInputStream(body));
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException("Cannot read a list of objects: " + e.getMessage(), e);
    }
  }

  /** A store that is restarting is asked again. */
  private HttpResponse<byte[]> send(String method, String path, Map<String, String> query)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<byte[]> response =
            http.send(signed(method, path, query), BodyHandlers.ofByteArray());
        if (response.statusCode() < 500 || attempt == TRIES) {
          return response;
        }
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw e;
        }
      }
      Thread.sleep(200L << attempt);
    }
  }

  private HttpRequest signed(String method, String path, Map<String, String> query) {
    String time = TIME.format(Instant.now());
    String day = time.substring(0, 8);
    String host = endpoint.getPort() < 0 ? endpoint.getHost() : endpoint.getAuthority();
    String parameters =
        new TreeMap<>(query)
            .entrySet().stream()
                .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
                .collect(Collectors.joining("&"));
    String signedHeaders = "host;x-amz-content-sha256;x-amz-date";
    String request =
        String.join(
            "\n",
            method,
            path,
            parameters,
            "host:" + host,
            "x-amz-content-sha256:" + EMPTY,
            "x-amz-date:" + time,
            "",
            signedHeaders,
            EMPTY);
    String scope = day + "/" + region + "/s3/aws4_request";
    String toSign =
        String.join(
            "\n",
            "AWS4-HMAC-SHA256",
            time,
            scope,
            sha256(request.getBytes(StandardCharsets.UTF_8)));
    byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
    for (String part : new String[] {day, region, "s3", "aws4_request", toSign}) {
      key = hmac(key, part);
    }
    String authorization =
        "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(accessKey, scope, signedHeaders, HexFormat.of().formatHex(key));
    String base = endpoint.getScheme() + "://" + endpoint.getAuthority();
    return HttpRequest.newBuilder(
            URI.create(base + path + (parameters.isEmpty() ? "" : "?" + parameters)))
        .method(method, BodyPublishers.noBody())
        .header("x-amz-content-sha256", EMPTY)
        .header("x-amz-date", time)
        .header("Authorization", authorization)
        .build();
  }

  private static String path(String key) {
    return Arrays.stream(key.split("/", -1)).map(Bucket::encode).collect(Collectors.joining("/"));
  }

  /** As signatures have it: only letters, digits and -._~ stay. */
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
