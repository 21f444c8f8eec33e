package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.embedded.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The worker's notes and what a real broker says of transactions, as the sink makes them. */
@Timeout(60)
class CommitLedgerTest {

  @TempDir private static Path folder;

  private static Servers servers;

  private final String id = "transaction-" + UUID.randomUUID();
  private Configuration options;

  @BeforeAll
  static void startServers() throws Exception {
    servers = Servers.start(folder);
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @BeforeEach
  void makeTopics() throws Exception {
    options = WorkerOptions.parse(servers.workerOptions(folder.resolve("checkpoints")));
    Topics.ensure(options);
  }

  private FlinkKafkaInternalProducer<String, String> producer() {
    Properties properties = Clients.kafka(options);
    properties.put("key.serializer", StringSerializer.class.getName());
    properties.put("value.serializer", StringSerializer.class.getName());
    FlinkKafkaInternalProducer<String, String> producer =
        new FlinkKafkaInternalProducer<>(properties, id);
    producer.initTransactions();
    return producer;
  }

  /** Opens a transaction with a record, and what a checkpoint keeps of it. */
  private KafkaCommittable opened(FlinkKafkaInternalProducer<String, String> producer) {
    producer.beginTransaction();
    producer.send(new ProducerRecord<>(options.get(WorkerOptions.TOPIC_RESULTS), "a record"));
    producer.flush();
    return new KafkaCommittable(producer.getProducerId(), producer.getEpoch(), id, null);
  }

  private boolean settled(KafkaCommittable transaction) throws Exception {
    try (CommitLedger ledger = CommitLedger.open(options)) {
      return ledger.settled(transaction);
    }
  }

  @Test
  void theBrokerKnowsWhatTheLedgerCouldNotTakeDown() throws Exception {
    try (FlinkKafkaInternalProducer<String, String> producer = producer()) {
      KafkaCommittable transaction = opened(producer);
      assertFalse(settled(transaction));
      producer.commitTransaction();
      assertTrue(settled(transaction));
    }
  }

  @Test
  void theLedgerKnowsWhatTheBrokerHasForgotten() throws Exception {
    KafkaCommittable first;
    try (FlinkKafkaInternalProducer<String, String> producer = producer()) {
      first = opened(producer);
      producer.commitTransaction();
    }
    try (CommitLedger ledger = CommitLedger.open(options)) {
      ledger.settle(List.of(first));
    }
    try (FlinkKafkaInternalProducer<String, String> next = producer()) { // with the same id
      KafkaCommittable second = opened(next);

      assertTrue(settled(first));
      assertFalse(settled(second));
    }
  }

  @Test
  void anAbortedTransactionIsNotSettled() throws Exception {
    try (FlinkKafkaInternalProducer<String, String> producer = producer();
        Admin admin = Admin.create(Clients.kafka(options))) {
      KafkaCommittable transaction = opened(producer);
      admin.fenceProducers(List.of(id)).all().get();

      assertFalse(settled(transaction));
    }
  }

  @Test
  void theNewestNoteOfEachKeyCounts() throws Exception {
    Map<String, String> found = new HashMap<>();
    try (CompactedTopic topic = CompactedTopic.open(options, "notes")) {
      topic.put("a/1", "old").join();
      topic.put("a/1", "new").join();
      topic.put("a/2", "gone").join();
      topic.put("a/2", null).join();
      topic.put("b/1", "of others").join();
      found.putAll(topic.read("a/", CompactedTopic.FOR_EVER));
      Thread.sleep(50);
      topic.put("b/2", "later by the broker's clock").join();
      assertEquals(Map.of(), topic.read("a/", Duration.ofMillis(40)));
      assertEquals(Map.of("1", "new"), topic.read("a/", Duration.ofHours(1)));
    }
    assertEquals(Map.of("1", "new"), found);
  }
}
