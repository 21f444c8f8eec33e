package io.chitra.embedded;

import static java.util.Objects.requireNonNull;

import io.chitra.cli.machine.MachineException;
import io.chitra.embedded.bench.StubModel;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A broker and an S3 endpoint of this JVM, with a model whose pictures stubs can make; workers run
 * beside them, in this JVM or in others.
 */
public final class Servers implements AutoCloseable {

  private final Path folder;
  private final EmbeddedKafka kafka;
  private final EmbeddedS3 s3;
  private final ObjectStore objects;
  private final String model;

  private Servers(
      Path folder, EmbeddedKafka kafka, EmbeddedS3 s3, ObjectStore objects, String model) {
    this.folder = folder;
    this.kafka = kafka;
    this.s3 = s3;
    this.objects = objects;
    this.model = model;
  }

  public static Servers start(Path folder) throws MachineException, IOException {
    EmbeddedKafka kafka =
        EmbeddedKafka.start(folder.resolve("kafka"), Loopback.anyFree(), message -> {});
    EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"), Loopback.anyFree());
    ObjectStore objects =
        S3ObjectStore.open(
            StoreConfig.at(
                s3.endpoint(),
                EmbeddedS3.BUCKET,
                new StoreCredentials(s3.credentials().accessKey(), s3.credentials().secretKey())));
    String model = StubModel.push(objects, folder);
    return new Servers(folder, kafka, s3, objects, model);
  }

  /** Of a worker with topics of its own. */
  public Map<String, String> workerOptions(Path checkpoints) {
    String id = UUID.randomUUID().toString();
    Map<String, String> options = new HashMap<>();
    for (String topic :
        List.of(
            "jobs",
            "jobs-high",
            "jobs-low",
            "results",
            "dead-letters",
            "cancelled",
            "cancels",
            "attempts",
            "incidents",
            "summary")) {
      options.put("chitra.topics." + topic, topic + "-" + id);
    }
    options.put("chitra.kafka.bootstrap-servers", kafka.bootstrapServers());
    options.put("chitra.kafka.transaction-prefix", "worker-" + id);
    options.put("chitra.s3.endpoint", s3.endpoint().toString());
    options.put("chitra.s3.bucket", EmbeddedS3.BUCKET);
    options.put("chitra.s3.access-key", s3.credentials().accessKey());
    options.put("chitra.s3.secret-key", s3.credentials().secretKey());
    options.put("chitra.model-cache.directory", folder.resolve("cache").toString());
    options.put("chitra.checkpoint.interval", "200 ms");
    options.put("chitra.checkpoint.directory", checkpoints.toUri().toString());
    return options;
  }

  /** The name of a topic in the options of a worker. */
  static String topic(Map<String, String> options, String topic) {
    return requireNonNull(options.get("chitra.topics." + topic));
  }

  RenderJob.Builder job(String id, String prompt) {
    return RenderJob.newBuilder().setId(id).setPrompt(prompt).setSeed(1L).setModelDigest(model);
  }

  void send(String topic, RenderJob.Builder job) throws Exception {
    try (Producer<byte[], byte[]> producer = probe().producer(Map.of())) {
      producer
          .send(new ProducerRecord<>(topic, 0, null, Codec.renderJobs().encode(job.build())))
          .get();
    }
  }

  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  KafkaProbe probe() {
    return new KafkaProbe(kafka.bootstrapServers());
  }

  ObjectStore objects() {
    return objects;
  }

  @Override
  public void close() {
    objects.close();
    s3.close();
    kafka.close();
  }
}
