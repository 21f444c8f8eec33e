package io.chitra.embedded.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chitra.cli.flink.Worker;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.diffusion.Environment;
import io.chitra.embedded.StubbedStack;
import io.chitra.schemas.Cancel;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Sha256;
import io.chitra.worker.task.Truncation;
import io.chitra.worker.topology.Parts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Leaves a stack in the middle of its work: of each kind of job one that is done, begun and not
 * begun. Is compiled with the classes of the version whose state is wanted, and runs on them.
 */
final class MakeState {

  private static final List<String> JOBS =
      List.of("render.jobs.high", "render.jobs", "render.jobs.low");

  private static String kafka = "";
  private static String model = "";

  public static void main(String[] arguments) throws Exception {
    Path state = Path.of(arguments[0]);
    Parts parts = Parts.ofWorker().withRenderers((options, store) -> new Stubs());
    try (LocalStack stack = StubbedStack.start(state, parts)) {
      StackAddresses at = stack.addresses();
      kafka = at.kafka();
      StoreCredentials credentials = new StoreCredentials(at.accessKey(), at.secretKey());
      try (ObjectStore objects =
          S3ObjectStore.open(StoreConfig.at(at.s3Endpoint(), at.bucket(), credentials))) {
        model = StubModel.push(objects, Path.of(arguments[1]));
      }
      send("render.jobs", job("done", "animals", 4));
      sendBytes("render.jobs", "no job".getBytes(UTF_8));
      await("render.results", 4);
      await("render.dead-letters", 1);
      send("render.jobs", job("unwanted", "plants", 5_000));
      await("render.results", 10);
      cancel("plants");
      await("render.cancelled", 1);
      send("render.jobs", job("stuck", "machines", 3));
      send("render.jobs", job("half", "animals", 400));
      send("render.jobs", job("next", "animals", 20));
      send("render.jobs.low", job("someday", "weather", 100));
      send("render.jobs.high", job("urgent", "weather", 10));
      await("render.results", 90);
      new Worker(at.flinkUi()).drain(Duration.ofMinutes(5));
    }
    System.exit(0);
  }

  private static RenderJob job(String id, String dataset, int pictures) {
    return RenderJob.newBuilder()
        .setId(id)
        .setDataset(dataset)
        .setPrompt(id)
        .setSeed(1L)
        .setNumImagesPerPrompt(pictures)
        .setModelDigest(model)
        .build();
  }

  private static void send(String topic, RenderJob job) throws Exception {
    sendBytes(topic, Codec.renderJobs().encode(job));
  }

  private static void sendBytes(String topic, byte[] value) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, value)).get();
    }
  }

  private static void cancel(String dataset) throws Exception {
    List<Submission> until = new ArrayList<>();
    for (String topic : JOBS) {
      ends(topic).forEach((p, end) -> until.add(new Submission(topic, p.partition(), end)));
    }
    Cancel cancel =
        Cancel.newBuilder()
            .setDataset(dataset)
            .setJobId(null)
            .setUntil(until)
            .setRequestedAt(Instant.now())
            .build();
    sendBytes("render.cancels", Codec.cancels().encode(cancel));
  }

  private static Map<TopicPartition, Long> ends(String topic) {
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      return consumer.endOffsets(partitions(consumer, topic));
    }
  }

  private static Consumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", kafka, "isolation.level", "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  private static void await(String topic, int records) {
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      int read = 0;
      while (read < records) {
        read += consumer.poll(Duration.ofMillis(100)).count();
      }
    }
  }

  /** Takes its time, and for some pictures for ever. */
  private static final class Stubs implements Renderer {

    private static final Environment ENVIRONMENT = new Environment(Map.of("engine", "stub"));

    @Override
    public CompletableFuture<RenderedPicture> render(ImageTask task) {
      CompletableFuture<RenderedPicture> picture = new CompletableFuture<>();
      if (!task.prompt().equals("stuck")) {
        byte[] file = (task.prompt() + " " + task.seed()).getBytes(UTF_8);
        picture.completeOnTimeout(
            new RenderedPicture(file, "image/png", Sha256.hex(file), 1, ENVIRONMENT),
            50,
            TimeUnit.MILLISECONDS);
      }
      return picture;
    }

    @Override
    public CompletableFuture<Truncation> truncation(ImageTask task) {
      return CompletableFuture.completedFuture(Truncation.NONE);
    }

    @Override
    public int pixelVersion() {
      return 1;
    }

    @Override
    public Environment environment() {
      return ENVIRONMENT;
    }

    @Override
    public void close() {}
  }

  private MakeState() {}
}
