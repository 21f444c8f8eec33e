package io.chitra.worker.topology;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.chitra.diffusion.image.PictureLimits;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/**
 * Every option of the worker, typed, with its default and what it means. The reference page is made
 * from these; nothing else reads the environment or system properties.
 */
public final class WorkerOptions {

  public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS =
      key("chitra.kafka.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription("Where the brokers are: HOST:PORT, several with commas.");

  public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
      key("chitra.kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Further properties of every Kafka client (security.protocol, sasl.jaas.config, ...);"
                  + " single ones as chitra.kafka.properties.NAME.");

  public static final ConfigOption<Duration> KAFKA_TRANSACTION_TIMEOUT =
      key("chitra.kafka.transaction-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(15))
          .withDescription(
              "How long the broker keeps an open transaction; longer than checkpoints and restarts"
                  + " together may take, at most the broker's transaction.max.timeout.ms. The"
                  + " worker does not start otherwise.");

  public static final ConfigOption<String> KAFKA_TRANSACTION_PREFIX =
      key("chitra.kafka.transaction-prefix")
          .stringType()
          .defaultValue("chitra-worker")
          .withDescription("Begin of the transactional ids; its own for each worker job.");

  public static final ConfigOption<String> TOPIC_JOBS =
      key("chitra.topics.jobs")
          .stringType()
          .defaultValue("render.jobs")
          .withDescription("The topic that jobs come from.");

  public static final ConfigOption<String> TOPIC_JOBS_HIGH =
      key("chitra.topics.jobs-high")
          .stringType()
          .defaultValue("render.jobs.high")
          .withDescription("The topic of jobs that go before those.");

  public static final ConfigOption<String> TOPIC_JOBS_LOW =
      key("chitra.topics.jobs-low")
          .stringType()
          .defaultValue("render.jobs.low")
          .withDescription("The topic of jobs that those go before.");

  public static final ConfigOption<String> TOPIC_RESULTS =
      key("chitra.topics.results")
          .stringType()
          .defaultValue("render.results")
          .withDescription("The topic of image records: the only truth about what was made.");

  public static final ConfigOption<String> TOPIC_DEAD_LETTERS =
      key("chitra.topics.dead-letters")
          .stringType()
          .defaultValue("render.dead-letters")
          .withDescription("The topic of failures.");

  public static final ConfigOption<String> TOPIC_CANCELLED =
      key("chitra.topics.cancelled")
          .stringType()
          .defaultValue("render.cancelled")
          .withDescription("The topic of pictures that were cancelled.");

  public static final ConfigOption<String> TOPIC_CANCELS =
      key("chitra.topics.cancels")
          .stringType()
          .defaultValue("render.cancels")
          .withDescription("The topic of requests to cancel.");

  public static final ConfigOption<String> TOPIC_ATTEMPTS =
      key("chitra.topics.attempts")
          .stringType()
          .defaultValue("render.attempts")
          .withDescription(
              "The topic of the worker's notes: pictures that may have killed it, transactions that"
                  + " are committed; compacted.");

  public static final ConfigOption<String> TOPIC_INCIDENTS =
      key("chitra.topics.incidents")
          .stringType()
          .defaultValue("render.incidents")
          .withDescription("The topic of incidents and repairs.");

  public static final ConfigOption<String> TOPIC_SUMMARY =
      key("chitra.topics.summary")
          .stringType()
          .defaultValue("render.summary")
          .withDescription("The topic of sums for each submission; compacted.");

  public static final ConfigOption<Integer> TOPIC_PARTITIONS =
      key("chitra.topics.partitions")
          .intType()
          .defaultValue(4)
          .withDescription(
              "Partitions of the jobs and results topics, where the worker makes them.");

  public static final ConfigOption<Integer> TOPIC_REPLICATION =
      key("chitra.topics.replication-factor")
          .intType()
          .defaultValue(-1)
          .withDescription("Replicas of topics that the worker makes; -1 is the broker's default.");

  public static final ConfigOption<Boolean> TOPIC_LIMITED_RETENTION =
      key("chitra.topics.allow-limited-retention")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Start although a topic is compacted or forgets records after a while: replay then"
                  + " ends where the topic does.");

  public static final ConfigOption<String> S3_ENDPOINT =
      key("chitra.s3.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription("URL of the S3 endpoint; without one, AWS's for the region.");

  public static final ConfigOption<String> S3_REGION =
      key("chitra.s3.region")
          .stringType()
          .defaultValue("us-east-1")
          .withDescription("Region of the bucket.");

  public static final ConfigOption<String> S3_BUCKET =
      key("chitra.s3.bucket")
          .stringType()
          .defaultValue("chitra")
          .withDescription("Bucket of pictures, models and record files.");

  public static final ConfigOption<String> S3_PREFIX =
      key("chitra.s3.prefix")
          .stringType()
          .defaultValue("")
          .withDescription("What every key in the bucket begins with.");

  public static final ConfigOption<String> S3_ACCESS_KEY =
      key("chitra.s3.access-key")
          .stringType()
          .noDefaultValue()
          .withDescription("Access key; without one, the AWS SDK's default credential chain.");

  public static final ConfigOption<String> S3_SECRET_KEY =
      key("chitra.s3.secret-key")
          .stringType()
          .noDefaultValue()
          .withDescription("Secret key that belongs to the access key.");

  public static final ConfigOption<Integer> PLAN_PARALLELISM =
      key("chitra.plan.parallelism")
          .intType()
          .defaultValue(1)
          .withDescription(
              "Plan tasks: how many jobs are fanned out side by side; at most the jobs topic's"
                  + " partitions.");

  public static final ConfigOption<Integer> PLAN_OPEN_JOBS =
      key("chitra.plan.open-jobs")
          .intType()
          .defaultValue(100)
          .withDescription(
              "Jobs of each priority that a plan task fans out at a time, in turns; then it reads"
                  + " no more of them. Datasets share their priority's turns, a picture each.");

  public static final ConfigOption<String> RENDER_DEVICE =
      key("chitra.render.device")
          .stringType()
          .defaultValue("cpu")
          .withDescription(
              "What computes: cpu, cuda or cuda:N. A GPU needs the build with -Pcuda; one that is"
                  + " not there is an error. cuda is one of Flink's external resource gpu, another"
                  + " for each render task of a TaskManager; without that resource, cuda:0.");

  public static final ConfigOption<Integer> RENDER_ROWS =
      key("chitra.render.rows")
          .intType()
          .defaultValue(4)
          .withDescription(
              "Rows of the UNet's batch; a picture takes two with guidance, one without. On a GPU"
                  + " pictures are equal only between workers with as many rows: they are part of"
                  + " the environment class. 0: as many as there is memory for, found out at the"
                  + " start with chitra.render.probe-model.");

  public static final ConfigOption<String> RENDER_PROBE_MODEL =
      key("chitra.render.probe-model")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Digest of the largest model that is to be rendered with: chitra.render.rows 0 is"
                  + " found out with it, at its own size.");

  public static final ConfigOption<Integer> RENDER_THREADS =
      key("chitra.render.threads")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Threads that compute; 0 is one for each core of the slot: the machine's cores,"
                  + " divided by the slots of its TaskManager.");

  public static final ConfigOption<Integer> RENDER_IN_FLIGHT =
      key("chitra.render.in-flight")
          .intType()
          .defaultValue(8)
          .withDescription(
              "Pictures that a render task has in flight: about two batches and those on their way"
                  + " to S3.");

  public static final ConfigOption<Integer> RENDER_TRIES =
      key("chitra.render.tries")
          .intType()
          .defaultValue(3)
          .withDescription(
              "How often a picture is tried before its failure becomes a dead letter.");

  public static final ConfigOption<Integer> RENDER_PARALLELISM =
      key("chitra.render.parallelism")
          .intType()
          .defaultValue(1)
          .withDescription("Render tasks, each with an engine of its own: one a slot, one a GPU.");

  public static final ConfigOption<String> MODEL_CACHE_DIRECTORY =
      key("chitra.model-cache.directory")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where fetched models are kept on a worker; without one, chitra-models in the temp"
                  + " folder.");

  public static final ConfigOption<MemorySize> MODEL_CACHE_SIZE =
      key("chitra.model-cache.max-size")
          .memoryType()
          .defaultValue(MemorySize.parse("50 gb"))
          .withDescription("Bytes of models on disk; the least recently used leave first.");

  public static final ConfigOption<MemorySize> INPUT_CACHE_SIZE =
      key("chitra.input.cache-size")
          .memoryType()
          .defaultValue(MemorySize.parse("10 gb"))
          .withDescription(
              "Bytes of given pictures and LoRAs on disk, beside the models; the least recently"
                  + " used leave first.");

  public static final ConfigOption<List<String>> INPUT_HTTPS_HOSTS =
      key("chitra.input.https-hosts")
          .stringType()
          .asList()
          .defaultValues()
          .withDescription(
              "Hosts that jobs may name https:// files of, as HOST or HOST:PORT, with semicolons"
                  + " between them; redirects lead to these alone. Without any, files lie in the"
                  + " bucket.");

  public static final ConfigOption<Boolean> INPUT_PRIVATE_ADDRESSES =
      key("chitra.input.allow-private-addresses")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Fetch https:// files also from hosts with private, loopback, link-local and other"
                  + " addresses that are not on the public internet.");

  public static final ConfigOption<MemorySize> INPUT_MAX_LORA_SIZE =
      key("chitra.input.max-lora-size")
          .memoryType()
          .defaultValue(MemorySize.parse("4 gb"))
          .withDescription("Largest LoRA file.");

  public static final ConfigOption<Integer> INPUT_MAX_PICTURE_PIXELS =
      key("chitra.input.max-picture-pixels")
          .intType()
          .defaultValue(PictureLimits.DEFAULTS.maxPixels())
          .withDescription("Largest given picture, in pixels; its header is looked at first.");

  public static final ConfigOption<MemorySize> INPUT_MAX_PICTURE_SIZE =
      key("chitra.input.max-picture-size")
          .memoryType()
          .defaultValue(new MemorySize(PictureLimits.DEFAULTS.maxFileBytes()))
          .withDescription("Largest file of a given picture.");

  public static final ConfigOption<Integer> RECORDS_MAX_ROWS =
      key("chitra.records.max-rows")
          .intType()
          .defaultValue(10_000)
          .withDescription(
              "A record file, or a file of the job archive, is put as soon as it has this many"
                  + " rows.");

  public static final ConfigOption<MemorySize> RECORDS_MAX_SIZE =
      key("chitra.records.max-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(32))
          .withDescription("Likewise, as soon as its rows take this much memory.");

  public static final ConfigOption<Duration> RECORDS_IDLE =
      key("chitra.records.idle")
          .durationType()
          .defaultValue(Duration.ofSeconds(30))
          .withDescription("Likewise, as soon as no row came for this long.");

  public static final ConfigOption<Duration> RECORDS_MAX_AGE =
      key("chitra.records.max-age")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription("Likewise, as soon as its first row has waited this long.");

  public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
      key("chitra.checkpoint.interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription("Time between checkpoints; records become visible with them.");

  public static final ConfigOption<Duration> CHECKPOINT_TIMEOUT =
      key("chitra.checkpoint.timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(3))
          .withDescription(
              "How long a checkpoint or savepoint may take. One checkpoint that fails is borne, the"
                  + " second in a row restarts the worker.");

  public static final ConfigOption<String> CHECKPOINT_DIRECTORY =
      key("chitra.checkpoint.directory")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where checkpoints are kept (s3://..., file:///...). Every start restores the newest"
                  + " complete one. Without it, Flink's execution.checkpointing.dir.");

  public static final ConfigOption<Integer> RESTARTS =
      key("chitra.restarts")
          .intType()
          .defaultValue(20)
          .withDescription(
              "Restarts in a row, each after a longer wait, until the worker gives up loudly; 5"
                  + " minutes without one begin a new row.");

  public static final ConfigOption<Boolean> LOG_PROMPTS =
      key("chitra.log.prompts")
          .booleanType()
          .defaultValue(false)
          .withDescription("Write prompts to the log; otherwise their hashes stand for them.");

  public static final ConfigOption<MemorySize> LIMIT_JOB_SIZE =
      key("chitra.limits.job-size")
          .memoryType()
          .defaultValue(MemorySize.parse("400 kb"))
          .withDescription(
              "Largest record of a job; larger ones become dead letters unread. Each picture's"
                  + " record repeats its job, and has to fit into what the broker takes.");

  public static final ConfigOption<Duration> LONGEST_RESTART_WAIT =
      key("chitra.restart-wait")
          .durationType()
          .defaultValue(Duration.ofSeconds(30))
          .withDescription(
              "Longest wait before a restart; the first is a second, each further one longer, and"
                  + " after 5 minutes without a failure they begin anew.");

  public static final ConfigOption<Integer> LIMIT_PROMPT_CHARACTERS =
      key("chitra.limits.prompt-characters")
          .intType()
          .defaultValue(10_000)
          .withDescription("Longest prompt, in characters.");

  public static final ConfigOption<Integer> LIMIT_SIDE =
      key("chitra.limits.side")
          .intType()
          .defaultValue(4096)
          .withDescription("Largest width and height, in pixels.");

  public static final ConfigOption<Long> LIMIT_PIXELS =
      key("chitra.limits.pixels")
          .longType()
          .defaultValue(2L * 1024 * 1024)
          .withDescription("Largest picture, in pixels.");

  public static final ConfigOption<Integer> LIMIT_STEPS =
      key("chitra.limits.steps")
          .intType()
          .defaultValue(1000)
          .withDescription("Most denoising steps.");

  public static final ConfigOption<Integer> LIMIT_IMAGES =
      key("chitra.limits.images-per-job")
          .intType()
          .defaultValue(10_000_000)
          .withDescription("Most pictures of one job.");

  public static final ConfigOption<String> EXPORT_TARGET =
      key("chitra.export.target")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where an export packs a dataset to: a folder that every task sees, or"
                  + " s3://BUCKET/PREFIX in the same store.");

  public static final ConfigOption<Integer> EXPORT_IN_FLIGHT =
      key("chitra.export.in-flight")
          .intType()
          .defaultValue(32)
          .withDescription("Pictures that an export task fetches side by side, at most.");

  public static final ConfigOption<MemorySize> EXPORT_READ_AHEAD =
      key("chitra.export.read-ahead")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(32))
          .withDescription("What they have together, at most.");

  public static final ConfigOption<String> EXPORT_DIRECTORY =
      key("chitra.export.directory")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where an export task keeps the shard that it writes; without one, chitra-export in"
                  + " the temp folder.");

  private WorkerOptions() {}

  /** All of them, by name. */
  public static List<ConfigOption<?>> all() {
    return Arrays.stream(WorkerOptions.class.getFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .<ConfigOption<?>>map(
            field -> {
              try {
                return (ConfigOption<?>) field.get(null);
              } catch (IllegalAccessException e) {
                throw new IllegalStateException("Cannot read option " + field.getName(), e);
              }
            })
        .sorted(Comparator.comparing(ConfigOption::key))
        .toList();
  }

  /**
   * Options from names and values, as a command line gives them.
   *
   * @throws IllegalArgumentException for a name that is no option, or a value that it cannot take
   */
  public static Configuration parse(Map<String, String> values) {
    Configuration configuration = new Configuration();
    values.forEach(
        (name, value) -> {
          if (name.startsWith("chitra.") && all().stream().noneMatch(o -> names(o, name))) {
            throw new IllegalArgumentException(
                "Cannot set %s: there is no such option; docs/configuration.md has them all"
                    .formatted(name));
          }
          configuration.setString(name, value);
        });
    for (ConfigOption<?> option : all()) {
      try {
        configuration.getOptional(option);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "Cannot set %s to %s: %s"
                .formatted(option.key(), values.get(option.key()), e.getMessage()),
            e);
      }
    }
    return configuration;
  }

  private static boolean names(ConfigOption<?> option, String name) {
    return name.equals(option.key())
        || (option == (Object) KAFKA_PROPERTIES && name.startsWith(option.key() + "."));
  }
}
