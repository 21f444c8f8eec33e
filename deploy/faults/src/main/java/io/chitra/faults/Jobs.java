package io.chitra.faults;

import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends jobs and things that are none, as any producer may, and counts the terminal events that
 * they lead to. For one thread.
 */
final class Jobs implements AutoCloseable {

  private static final List<String> TOPICS =
      List.of("render.jobs", "render.jobs.high", "render.jobs.low");
  private static final int HUGE = 900_000;
  private static final long SEEDS_APART = 100_000;

  private final Producer<byte[], byte[]> producer;
  private final Random random = new Random(11);
  private final int round;
  private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong events = new AtomicLong();
  private long pictures;
  private long broken;
  private long next;

  /**
   * @param bootstrapServers of Kafka
   * @param round tells the jobs of one instance from those of another
   */
  Jobs(String bootstrapServers, int round) {
    this.round = round;
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "enable.idempotence",
                true,
                "acks",
                "all",
                "delivery.timeout.ms",
                300_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** A job of stubs. */
  void stubs(String model, int count) {
    RenderJob.Builder job = job(model, "stub " + round + " " + next).setNumImagesPerPrompt(count);
    send(job, count);
  }

  /** Two jobs of the same stubs, so that tasks everywhere want to put the same objects. */
  void twins(String model, int countOfEach) {
    String prompt = "twins " + round + " " + next;
    long seed = next * SEEDS_APART % (1L << 32);
    send(job(model, prompt).setSeed(seed).setNumImagesPerPrompt(countOfEach), countOfEach);
    send(job(model, prompt).setSeed(seed).setNumImagesPerPrompt(countOfEach), countOfEach);
  }

  /** A job whose pictures all fail. */
  void failing(String model, int count) {
    send(job(model, StubPictures.NEVER).setNumImagesPerPrompt(count), count);
  }

  /** A job of real pictures. */
  void pictures(String model, String prompt, int count, int steps) {
    send(
        job(model, prompt)
            .setNumImagesPerPrompt(count)
            .setNumInferenceSteps(steps)
            .setGuidanceScale(1.0),
        count);
  }

  private RenderJob.Builder job(String model, String prompt) {
    long seed = next++ * SEEDS_APART % (1L << 32);
    return RenderJob.newBuilder()
        .setId("job-" + round + "-" + next)
        .setDataset("faults")
        .setPrompt(prompt)
        .setSeed(seed)
        .setModelDigest(model);
  }

  private void send(RenderJob.Builder job, int count) {
    sendBytes(Codec.renderJobs().encode(job.build()));
    pictures += count;
    events.addAndGet(count);
  }

  /** Records that are no jobs, small ones and a huge one in a hundred. */
  void broken(int count) {
    for (int i = 0; i < count; i++) {
      sendBytes(brokenValue(broken++));
      events.incrementAndGet();
    }
  }

  private byte @Nullable [] brokenValue(long number) {
    if (number % 100 == 50) {
      byte[] huge = new byte[HUGE];
      random.nextBytes(huge);
      return huge;
    }
    return switch ((int) (number % 5)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> "{\"id\": \"x\", \"prompt\": \"JSON\"}".getBytes(StandardCharsets.UTF_8);
      case 3 -> {
        byte[] noise = new byte[1 + random.nextInt(300)];
        random.nextBytes(noise);
        yield noise;
      }
      default -> {
        byte[] job = Codec.renderJobs().encode(job("0".repeat(64), "cut short").build());
        byte[] cut = new byte[1 + random.nextInt(job.length - 1)];
        System.arraycopy(job, 0, cut, 0, cut.length);
        yield cut;
      }
    };
  }

  private void sendBytes(byte @Nullable [] value) {
    String topic = TOPICS.get(random.nextInt(TOPICS.size()));
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<byte[], byte @Nullable []>(topic, value),
            (sent, failure) -> {
              if (failure != null) {
                failures.add(failure);
              }
            });
  }

  /** Counts in what others have sent before. */
  void expect(long more) {
    events.addAndGet(more);
  }

  /** Waits until the broker has all. */
  void flush() {
    producer.flush();
    failures.forEach(
        failure -> {
          throw new IllegalStateException("Cannot send a job: " + failure, failure);
        });
  }

  long pictures() {
    return pictures;
  }

  long broken() {
    return broken;
  }

  /** How many terminal events all of them come to, none of which covers more than one picture. */
  long events() {
    return events.get();
  }

  @Override
  public void close() {
    producer.close();
  }
}
