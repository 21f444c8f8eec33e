package io.chitra.cli.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the REST interface of a Flink cluster, answered in JSON. Blocks; belongs to nobody
 * and keeps nothing open.
 */
final class FlinkRest {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int NOT_FOUND = 404;

  private final JsonMapper json = JsonMapper.builder().build();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private final URI cluster;

  /**
   * @param cluster address of Flink's web page
   */
  FlinkRest(URI cluster) {
    this.cluster = cluster;
  }

  /** Empty when there is no such thing. */
  Optional<JsonNode> ask(String path) throws FlinkException, InterruptedException {
    return send(request(path).GET().build());
  }

  /** Asks for something to be done. */
  JsonNode tell(String path, Object body) throws FlinkException, InterruptedException {
    BodyPublisher text = BodyPublishers.ofString(json.valueToTree(body).toString());
    HttpRequest request =
        request(path).header("Content-Type", "application/json").POST(text).build();
    return send(request)
        .orElseThrow(
            () ->
                new FlinkException("Cannot ask Flink at %s: no %s there".formatted(cluster, path)));
  }

  private HttpRequest.Builder request(String path) {
    String base = cluster.toString();
    return HttpRequest.newBuilder(URI.create((base.endsWith("/") ? base : base + "/") + path))
        .timeout(ANSWER);
  }

  private Optional<JsonNode> send(HttpRequest request) throws FlinkException, InterruptedException {
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new FlinkException(
          "Cannot reach Flink at %s: %s; is its web page there?".formatted(cluster, why(e)), e);
    }
    if (response.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    try {
      JsonNode answer = json.readTree(response.body());
      if (response.statusCode() >= 300) {
        throw new FlinkException(
            "Cannot ask Flink at %s: %s".formatted(cluster, reason(answer.path("errors"))));
      }
      return Optional.of(answer);
    } catch (IOException e) {
      throw new FlinkException(
          "Cannot ask Flink at %s: its answer (status %d) is no JSON; is that Flink's web page?"
              .formatted(cluster, response.statusCode()),
          e);
    }
  }

  private static String why(IOException e) {
    @Nullable String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** What Flink calls an internal error has its exception as the second text. */
  private static String reason(JsonNode errors) {
    String exception = errors.path(1).asText().replaceFirst("^<Exception on server side:\\s*", "");
    return firstLine(exception.isEmpty() ? errors.path(0).asText() : exception);
  }

  /** Flink's reasons come with their stack traces. */
  static String firstLine(String text) {
    return text.lines().findFirst().orElse("no reason was given").strip();
  }
}
