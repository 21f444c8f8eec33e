package io.chitra.cli;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.WorkerSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code chitra worker}: the Flink job in this process, against given Kafka and S3. */
@Command(
    name = "worker",
    description =
        "Runs the Flink job in this process against a Kafka and an S3 store that run elsewhere,"
            + " until Ctrl-C.",
    footer = {
      "  chitra worker --kafka broker:9092 --s3 http://minio:9000 --bucket pictures \\",
      "      --set chitra.checkpoint.directory=file:///var/lib/chitra/checkpoints"
    })
final class WorkerCommand implements Callable<Integer> {

  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      order = 78,
      description = "Any option of the worker or of Flink; may be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Map<String, String> options = new LinkedHashMap<>(kafka.workerOptions());
    options.putAll(store.workerOptions());
    options.putAll(settings);
    LocalMachine.provider().runWorker(new WorkerSettings(options));
    return ExitCode.OK;
  }
}
