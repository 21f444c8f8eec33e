package io.chitra.embedded.bench;

import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.MachineException;
import io.chitra.diffusion.Guidance;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.Prompts;
import io.chitra.diffusion.RenderRequest;
import io.chitra.diffusion.SamplerSettings;
import io.chitra.diffusion.Task;
import io.chitra.job.SchedulerName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The pictures that a benchmark asks for; the same ones every time.
 *
 * @param width of all pictures, in pixels
 * @param height of all pictures, in pixels
 */
record Requests(BenchOptions options, int width, int height) {

  static final String PROMPT = "a red apple on a wooden table";

  /** Does one run of the UNet a step, as the bare loop does. */
  static final SchedulerName SCHEDULER = SchedulerName.DDIM;

  private static final List<SchedulerName> MIXED_SCHEDULERS =
      List.of(SchedulerName.DDIM, SchedulerName.EULER, SchedulerName.DPMPP_2M);

  private static final int LEAST_MIXED = 40;
  private static final int LEAST_STEPS = 4;
  private static final int MOST_STEPS = 40;
  private static final double MIXED_GUIDANCE = 4;

  /**
   * Pictures of the size that the options name, or else of the model's own.
   *
   * @throws MachineException when the model makes none of that size
   */
  static Requests of(BenchOptions options, ModelFolder model) throws MachineException {
    Integer side = options.side();
    int width = side == null ? model.width() : side;
    int height = side == null ? model.height() : side;
    int factor = model.sizeFactor();
    if (width % factor != 0 || height % factor != 0) {
      throw new MachineException(
          "Cannot measure pictures of %d x %d: the model makes multiples of %d"
              .formatted(width, height, factor));
    }
    return new Requests(options, width, height);
  }

  /** One prompt, many seeds. */
  List<RenderRequest> alike() {
    return IntStream.range(0, options.pictures())
        .mapToObj(seed -> request(SCHEDULER, options.steps(), options.guidance(), seed))
        .toList();
  }

  /**
   * Steps drawn from 4 to 40, one of three schedulers, guidance or none; enough of them that the
   * end of the list matters little.
   */
  List<RenderRequest> mixed() {
    Random random = new Random(1);
    List<RenderRequest> requests = new ArrayList<>();
    for (int i = 0; i < Math.max(options.pictures(), LEAST_MIXED); i++) {
      SchedulerName scheduler = MIXED_SCHEDULERS.get(random.nextInt(MIXED_SCHEDULERS.size()));
      int steps = LEAST_STEPS + random.nextInt(MOST_STEPS - LEAST_STEPS + 1);
      requests.add(request(scheduler, steps, random.nextBoolean() ? MIXED_GUIDANCE : 1, i));
    }
    return requests;
  }

  private RenderRequest request(SchedulerName scheduler, int steps, double guidance, long seed) {
    return new RenderRequest(
        new Task.TextToImage(),
        Prompts.of(PROMPT, null),
        SamplerSettings.of(scheduler.canonicalName(), steps),
        Guidance.of(guidance),
        null,
        seed,
        width,
        height);
  }
}
