package io.chitra.embedded.bench;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.worker.topology.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends jobs to a stack and waits for their records, as any producer and any reader of committed
 * records would. Belongs to one thread.
 */
final class StubJobs implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration REST = Duration.ofSeconds(2);

  private final LocalStack stack;
  private final String model;
  private final Producer<byte[], byte[]> jobs;
  private final Consumer<byte[], byte[]> results;
  private long nextSeed;

  /**
   * @param stack whose results topic nobody else's jobs lead to; stays the caller's
   * @param model the digest of a model that the stack has
   */
  StubJobs(LocalStack stack, String model) {
    this.stack = stack;
    this.model = model;
    String kafka = stack.addresses().kafka();
    this.jobs =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.results =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    String topic = WorkerOptions.TOPIC_RESULTS.defaultValue();
    List<TopicPartition> partitions =
        results.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    results.assign(partitions);
    results.seekToBeginning(partitions);
  }

  /**
   * A job's end.
   *
   * @param records that became visible; as many as pictures, or exactly once is not
   * @param time from before the send to after the last record of a picture
   */
  record Done(long records, Duration time) {}

  /**
   * Sends one job and waits until a record of each of its pictures is visible. No picture was asked
   * for before.
   *
   * @param made is told how many records are visible
   * @throws MachineException when the stack breaks
   */
  Done run(int pictures, LongConsumer made) throws MachineException, InterruptedException {
    long start = System.nanoTime();
    send(pictures);
    long records = 0;
    while (records < pictures) {
      stack.check();
      records += results.poll(POLL).count();
      made.accept(records);
    }
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    return new Done(records + results.poll(REST).count(), time);
  }

  private void send(int pictures) throws MachineException, InterruptedException {
    RenderJob job =
        RenderJob.newBuilder()
            .setId("stub-" + nextSeed)
            .setPrompt("a picture that is there already")
            .setSeed(nextSeed)
            .setModelDigest(model)
            .setNumImagesPerPrompt(pictures)
            .build();
    nextSeed += pictures;
    try {
      jobs.send(
              new ProducerRecord<>(
                  WorkerOptions.TOPIC_JOBS.defaultValue(), Codec.renderJobs().encode(job)))
          .get();
    } catch (ExecutionException e) {
      throw new MachineException("Cannot send a job: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    results.close();
    jobs.close();
  }
}
