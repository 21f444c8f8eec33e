package io.chitra.cli.topics;

import java.util.Set;

/** Reads topics from their beginning to where they end now, and tells how far it has come. */
public final class TopicScan {

  private final KafkaCluster kafka;
  private final Listener listener;

  /** Is told how far a reading has come, in offsets. */
  @FunctionalInterface
  public interface Listener {

    /** Does not care. */
    Listener NONE = (done, total) -> {};

    void read(long done, long total);
  }

  public TopicScan(KafkaCluster kafka, Listener listener) {
    this.kafka = kafka;
    this.listener = listener;
  }

  /** Hands on all committed records. */
  public void read(KafkaCluster.Receiver receiver, Set<Topic> topics)
      throws TopicException, InterruptedException {
    ReadProgress progress = new ReadProgress(listener, kafka.starts(topics), kafka.ends(topics));
    kafka.read(
        record -> {
          receiver.receive(record);
          progress.passed(record);
        },
        topics);
    progress.finish();
  }
}
