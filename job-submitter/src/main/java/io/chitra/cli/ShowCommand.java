package io.chitra.cli;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.cli.status.JobSearch;
import io.chitra.store.StoredSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code chitra show}: how one picture came. */
@Command(
    name = "show",
    description =
        "Renders one picture of a dataset once more, here, and shows how it came: the latents along"
            + " the way decoded, from noise to result, as one strip. Puts nothing into the store.",
    footer = {
      "  chitra show first-look --job apple --steps",
      "  chitra show animals --job cat-7 --index 3 --steps 12 --out cat.png"
    })
final class ShowCommand implements Callable<Integer> {

  private static final String FRAMES = "8";
  private static final int MOST_FRAMES = 100;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(paramLabel = "DATASET", description = "The dataset that the picture is in.")
  private String dataset = "";

  @Option(
      names = "--job",
      paramLabel = "ID",
      required = true,
      order = 1,
      description = "The picture's job.")
  private String job = "";

  @Option(
      names = "--index",
      paramLabel = "N",
      order = 2,
      description = "The picture's index within its job (default: 0).")
  private int index;

  @Option(
      names = "--steps",
      paramLabel = "FRAMES",
      arity = "0..1",
      fallbackValue = FRAMES,
      defaultValue = FRAMES,
      order = 3,
      description = "How many pictures the strip has, 2 to 100 (default: ${DEFAULT-VALUE}).")
  private int frames;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      order = 4,
      description = "Where the strip goes, a PNG file (default: <job>-<index>-steps.png).")
  private @Nullable Path out;

  @Override
  public Integer call() throws Exception {
    if (frames < 2 || frames > MOST_FRAMES) {
      throw CliException.usage(
          "Cannot show %d steps: 2 to %d would be right".formatted(frames, MOST_FRAMES));
    }
    if (index < 0) {
      throw CliException.usage("Cannot show picture %d: indexes begin at 0".formatted(index));
    }
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Path file = out == null ? Path.of("%s-%d-steps.png".formatted(job, index)) : out;
    try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      byte[] found =
          new JobSearch(backend.kafka(), new StoredSchemas(backend.objects()))
              .newest(dataset, job)
              .orElseThrow(
                  () ->
                      CliException.failed(
                          "Cannot show job %s: dataset %s has no such job; chitra status --dataset %s lists its jobs"
                              .formatted(job, dataset, dataset)));
      byte[] strip =
          LocalMachine.provider()
              .filmstrip(new WorkerSettings(backend.storeOptions()), found, index, frames);
      Files.write(file, strip);
    }
    chitra.console().say("From noise to result: " + file);
    return ExitCode.OK;
  }
}
