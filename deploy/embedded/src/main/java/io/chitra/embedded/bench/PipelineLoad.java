package io.chitra.embedded.bench;

import io.chitra.cli.follow.Ends;
import io.chitra.cli.follow.Follower;
import io.chitra.cli.follow.Submissions;
import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.BenchReport.Timing;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackOptions;
import io.chitra.cli.submit.InputShelf;
import io.chitra.cli.submit.JobCheck;
import io.chitra.cli.submit.JobReader;
import io.chitra.cli.submit.JobSender;
import io.chitra.cli.submit.JobSource;
import io.chitra.cli.submit.ModelException;
import io.chitra.cli.submit.ModelShelf;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Priority;
import io.chitra.cli.topics.TopicException;
import io.chitra.job.JobDefaults;
import io.chitra.job.JobLimits;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.store.StoredSchemas;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stack of its own, which has made nothing yet, and the jobs that it is given. Closing it stops
 * the stack; its folder belongs to the caller. Used by one thread.
 */
final class PipelineLoad implements AutoCloseable {

  private static final Duration TOPIC_PATIENCE = Duration.ofMinutes(1);

  private final LocalStack stack;
  private final ObjectStore objects;
  private final KafkaCluster kafka;
  private final Path modelCache;
  private final Requests requests;
  private final BenchListener listener;

  private PipelineLoad(LocalStack stack, Path state, Requests requests, BenchListener listener) {
    StackAddresses addresses = stack.addresses();
    this.stack = stack;
    this.objects =
        S3ObjectStore.open(
            StoreConfig.at(
                addresses.s3Endpoint(),
                addresses.bucket(),
                new StoreCredentials(addresses.accessKey(), addresses.secretKey())));
    this.kafka = new KafkaCluster(addresses.kafka(), Map.of());
    this.modelCache = state.resolve("model-cache");
    this.requests = requests;
    this.listener = listener;
  }

  /**
   * What came of a job.
   *
   * @param timing from sending it to the last record that a reader of committed records saw
   * @param secondsToFirst from sending it until the file of its first picture went to S3
   */
  record Run(Timing timing, double secondsToFirst) {}

  /**
   * Starts the stack and puts the model where its worker finds it.
   *
   * @param state an empty folder, or none
   */
  static PipelineLoad start(
      LocalMachine machine, Path state, Requests requests, BenchListener listener)
      throws MachineException, TopicException, IOException, InterruptedException {
    LocalStack stack =
        machine.openStack(new StackOptions(state, 0, 0, 0, worker(requests.options())));
    PipelineLoad load;
    try {
      load = new PipelineLoad(stack, state, requests, listener);
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
    try {
      load.prepare();
      return load;
    } catch (TopicException | IOException | InterruptedException | RuntimeException e) {
      load.close();
      throw e;
    }
  }

  /** As many pictures in flight as fill two batches, and some on their way to S3. */
  private static Map<String, String> worker(BenchOptions options) {
    int twoBatches = 2 * options.rows() / options.rowsPerPicture();
    return Map.of(
        "chitra.render.device", options.device(),
        "chitra.render.rows", Integer.toString(options.rows()),
        "chitra.render.in-flight", Integer.toString(2 * twoBatches));
  }

  private void prepare() throws TopicException, IOException, InterruptedException {
    kafka.awaitTopics(TOPIC_PATIENCE);
    new StoredSchemas(objects).keep(Codec.renderJobs());
    String unused =
        new ModelRepository(objects, modelCache, Long.MAX_VALUE)
            .pushAndKeep(requests.options().model(), (file, done, total) -> {});
  }

  /**
   * Sends a job and waits for all of its records; then looks that the objects are there.
   *
   * @param seed of its first picture
   */
  Run run(int pictures, long seed)
      throws MachineException, ModelException, TopicException, IOException, InterruptedException {
    Follower follower = Follower.fromHere(kafka, new StoredSchemas(objects));
    Outcome outcome = new Outcome();
    Submissions submissions = new Submissions();
    Instant sentAt;
    long start;
    try (JobSource source = JobSource.prompt(Requests.PROMPT);
        InputShelf inputs = new InputShelf(source.folder())) {
      ModelShelf models =
          new ModelShelf(
              source.folder(), ModelShelf.Model.read(requests.options().model(), "bench"));
      JobDefaults defaults = defaults(pictures, seed);
      check(source, defaults, models, inputs);
      try (JobReader reader =
          JobReader.open(source, defaults, JobLimits.defaults(), models, inputs)) {
        sentAt = Instant.now();
        start = System.nanoTime();
        new JobSender(kafka, InstantSource.system(), "chitra bench", Priority.NORMAL)
            .send(
                reader,
                sent ->
                    submissions.add(
                        sent.topic(),
                        sent.partition(),
                        sent.offset(),
                        sent.position(),
                        sent.firstIndex(),
                        sent.count()));
      }
    }
    follower.follow(submissions, outcome);
    Timing timing = new Timing(pictures, (System.nanoTime() - start) / 1e9);
    outcome.requireObjects();
    return new Run(timing, Duration.between(sentAt, outcome.firstAt()).toNanos() / 1e9);
  }

  private JobDefaults defaults(int pictures, long seed) {
    BenchOptions options = requests.options();
    return JobDefaults.of(
        Map.of(
            "dataset", "bench",
            "scheduler", Requests.SCHEDULER.shortName(),
            "num_inference_steps", Integer.toString(options.steps()),
            "guidance_scale", Double.toString(options.guidance()),
            "width", Integer.toString(requests.width()),
            "height", Integer.toString(requests.height()),
            "seed", Long.toString(seed),
            "num_images_per_prompt", Integer.toString(pictures)));
  }

  private static void check(
      JobSource source, JobDefaults defaults, ModelShelf models, InputShelf inputs)
      throws MachineException, IOException {
    List<String> problems = new ArrayList<>();
    try (JobReader reader =
        JobReader.open(source, defaults, JobLimits.defaults(), models, inputs)) {
      JobCheck unused = JobCheck.of(reader, line -> problems.addAll(line.messages()));
    }
    if (!problems.isEmpty()) {
      throw new MachineException(
          "Cannot measure the pipeline: its job is refused: " + String.join("; ", problems));
    }
  }

  /** What has come of a job so far; the first failure ends it. */
  private final class Outcome implements Ends<MachineException> {
    private final List<String> keys = new ArrayList<>();
    private @Nullable Instant first;

    @Override
    public void made(int position, ImageRecord picture, int partition, long offset, byte[] value) {
      keys.add(picture.getObjectKey());
      if (first == null || picture.getRenderedAt().isBefore(first)) {
        first = picture.getRenderedAt();
      }
    }

    @Override
    public void failed(DeadLetter why, int pictures) throws MachineException {
      throw new MachineException(
          "Cannot measure the pipeline: a picture failed: " + why.getMessage());
    }

    @Override
    public void cancelled(CancelledRange why, int pictures) throws MachineException {
      throw new MachineException("Cannot measure the pipeline: somebody has cancelled its job");
    }

    @Override
    public void tick() throws MachineException {
      listener.made(keys.size());
      stack.check();
    }

    Instant firstAt() throws MachineException {
      if (first == null) {
        throw new MachineException("Cannot measure the pipeline: it made no picture");
      }
      return first;
    }

    void requireObjects() throws MachineException {
      for (String key : keys) {
        if (objects.head(key).join().isEmpty()) {
          throw new MachineException(
              "Cannot measure the pipeline: a record names the object %s, which is not there"
                  .formatted(key));
        }
      }
    }
  }

  @Override
  public void close() {
    try {
      objects.close();
    } finally {
      stack.close();
    }
  }
}
