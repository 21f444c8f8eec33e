package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackOptions;
import io.chitra.worker.topology.WorkerOptions;
import java.net.URI;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** The options of a stack's worker. */
final class WorkerSetup {
  /** Records become visible with checkpoints, and a person is waiting for them. */
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  private static final Duration RECORDS_IDLE = Duration.ofSeconds(3);

  private WorkerSetup() {}

  /** The stack's own options, and over them those that it was started with. */
  static Configuration options(StackOptions options) throws MachineException {
    try {
      Configuration worker = new Configuration();
      worker.set(WorkerOptions.CHECKPOINT_INTERVAL, CHECKPOINT_INTERVAL);
      worker.set(WorkerOptions.RECORDS_IDLE, RECORDS_IDLE);
      worker.set(WorkerOptions.KAFKA_TRANSACTION_TIMEOUT, EmbeddedKafka.MAX_TRANSACTION);
      worker.addAll(WorkerOptions.parse(options.worker()));
      return worker;
    } catch (IllegalArgumentException e) {
      throw new MachineException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Tells the worker where the stack's servers and folders are, unless it was told otherwise. */
  static void connect(
      Configuration worker, StateFolder state, String kafka, URI s3, S3Credentials credentials) {
    worker.set(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS, kafka);
    setUnlessGiven(worker, WorkerOptions.S3_ENDPOINT, s3.toString());
    worker.set(WorkerOptions.S3_REGION, EmbeddedS3.REGION);
    worker.set(WorkerOptions.S3_BUCKET, EmbeddedS3.BUCKET);
    setUnlessGiven(worker, WorkerOptions.S3_ACCESS_KEY, credentials.accessKey());
    setUnlessGiven(worker, WorkerOptions.S3_SECRET_KEY, credentials.secretKey());
    worker.set(WorkerOptions.MODEL_CACHE_DIRECTORY, state.modelCache().toString());
    worker.set(WorkerOptions.CHECKPOINT_DIRECTORY, state.checkpoints().toUri().toString());
  }

  private static void setUnlessGiven(
      Configuration worker, ConfigOption<String> option, String value) {
    if (!worker.contains(option)) {
      worker.set(option, value);
    }
  }
}
