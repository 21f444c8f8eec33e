package io.chitra.worker.topology;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;

/** The attempts' notes in the topic {@code render.attempts}, under {@code task/}. */
final class TopicAttemptLog implements AttemptNotes {

  /** A task that has not come up again for so long never will. */
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private static final String PREFIX = "task/";

  private final CompactedTopic topic;

  private TopicAttemptLog(CompactedTopic topic) {
    this.topic = topic;
  }

  static AttemptNotes open(Configuration options) {
    return new TopicAttemptLog(
        CompactedTopic.open(
            options, options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX) + "-attempts"));
  }

  @Override
  public Map<String, String> found() throws IOException {
    return topic.read(PREFIX, REMEMBERED);
  }

  @Override
  public CompletableFuture<Void> started(String task, String attempt) {
    return topic.put(PREFIX + task, attempt);
  }

  @Override
  public CompletableFuture<Void> ended(String task) {
    return topic.put(PREFIX + task, null);
  }

  @Override
  public void close() {
    topic.close();
  }
}
