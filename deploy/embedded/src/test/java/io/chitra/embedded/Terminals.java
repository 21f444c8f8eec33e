package io.chitra.embedded;

import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The terminal events that a reader of committed records has seen so far. */
final class Terminals implements AutoCloseable {

  private final String deadLetters;
  private final Consumer<byte[], byte[]> consumer;
  private final List<ImageRecord> records = new ArrayList<>();
  private final List<DeadLetter> letters = new ArrayList<>();

  private Terminals(String deadLetters, Consumer<byte[], byte[]> consumer) {
    this.deadLetters = deadLetters;
    this.consumer = consumer;
  }

  /**
   * @param worker the worker's options
   */
  static Terminals of(KafkaProbe probe, Map<String, String> worker) {
    String results = Servers.topic(worker, "results");
    String deadLetters = Servers.topic(worker, "dead-letters");
    Consumer<byte[], byte[]> consumer = probe.consumer("test-" + UUID.randomUUID());
    consumer.subscribe(List.of(results, deadLetters));
    return new Terminals(deadLetters, consumer);
  }

  /** Looks whether there are more. */
  void look() throws Exception {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
      if (record.topic().equals(deadLetters)) {
        letters.add(Codec.deadLetters().decode(record.value()));
      } else {
        records.add(Codec.imageRecords().decode(record.value()));
      }
    }
  }

  int count() {
    return records.size() + letters.size();
  }

  List<ImageRecord> records() {
    return records;
  }

  List<DeadLetter> letters() {
    return letters;
  }

  /** What a record is of: {@code <job>/<index>}. */
  List<String> pictures() {
    return records.stream().map(r -> r.getJobId() + "/" + r.getImageIndex()).sorted().toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
