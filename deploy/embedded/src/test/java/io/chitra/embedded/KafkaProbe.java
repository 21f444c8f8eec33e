package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What tests ask of a broker. */
record KafkaProbe(String bootstrapServers) {
  private static final Duration POLL = Duration.ofMillis(200);

  String newTopic(Map<String, String> config) throws Exception {
    String topic = "t-" + UUID.randomUUID();
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(config))).all().get();
    }
    return topic;
  }

  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  Producer<byte[], byte[]> transactional(String id) {
    Producer<byte[], byte[]> producer =
        producer(Map.of("transactional.id", id, "transaction.timeout.ms", 600_000));
    producer.initTransactions();
    return producer;
  }

  Producer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("bootstrap.servers", bootstrapServers);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  Consumer<byte[], byte[]> consumer(String group) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "group.id",
            group,
            "enable.auto.commit",
            false,
            "isolation.level",
            "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Commits one record, in a transaction of its own. */
  void commit(String topic, String value) throws Exception {
    try (Producer<byte[], byte[]> producer = transactional("commit-" + UUID.randomUUID())) {
      producer.beginTransaction();
      send(producer, topic, value);
      producer.commitTransaction();
    }
  }

  /** Sends one record and waits until the broker has it. */
  static void send(Producer<byte[], byte[]> producer, String topic, String value) throws Exception {
    producer.send(new ProducerRecord<>(topic, value.getBytes(UTF_8))).get();
  }

  /** Everything in the topic that a reader of committed records sees now. */
  List<String> committed(String topic) {
    return read(topic).stream().map(value -> new String(value, UTF_8)).toList();
  }

  /** Likewise, as it is; in order within each partition. */
  List<byte[]> read(String topic) {
    List<byte[]> values = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = consumer("reader")) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      // For a reader of committed records the end is the last stable offset.
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          values.add(record.value());
        }
      }
    }
    return values;
  }
}
