package io.chitra.benchmarks;

import io.chitra.diffusion.GuidanceBenchmark;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * How much noise, guidance and schedulers take beside the UNet: one picture of 256 x 256 in 20
 * steps with guidance, by the benchmarks of this package, in one run.
 */
public final class Share {

  private static final double MICROS_PER_MILLI = 1000;

  private final Collection<RunResult> results;

  private Share(Collection<RunResult> results) {
    this.results = results;
  }

  public static void main(String[] args) throws RunnerException {
    Share share =
        new Share(
            new Runner(
                    new OptionsBuilder()
                        .include(UNetBenchmark.class.getName())
                        .include(NoiseBenchmark.class.getName())
                        .include(GuidanceBenchmark.class.getName())
                        .include(SchedulerBenchmark.class.getName())
                        .param("latentSide", "32")
                        .param("rescale", "0")
                        .build())
                .run());
    System.out.print(share.table());
  }

  /** Milliseconds of each part for one picture, and what it is of the UNet's. */
  private String table() {
    double unet = SchedulerBenchmark.STEPS * micros(UNetBenchmark.class, "step");
    double noise = micros(NoiseBenchmark.class, "randn");
    double guidance = SchedulerBenchmark.STEPS * micros(GuidanceBenchmark.class, "apply");
    StringBuilder table = new StringBuilder("%n%-32s%10s%12s%n".formatted("", "ms", "of UNet"));
    table.append(row("UNet", unet, unet));
    table.append(row("noise", noise, unet));
    table.append(row("guidance", guidance, unet));
    for (RunResult result : results) {
      String scheduler = result.getParams().getParam("scheduler");
      if (scheduler != null) {
        double all = noise + guidance + result.getPrimaryResult().getScore();
        table.append(row(scheduler, result.getPrimaryResult().getScore(), unet));
        table.append(row("  with noise and guidance", all, unet));
      }
    }
    return table.toString();
  }

  private double micros(Class<?> benchmark, String method) {
    String name = benchmark.getName() + "." + method;
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().equals(name))
        .findFirst()
        .orElseThrow()
        .getPrimaryResult()
        .getScore();
  }

  private static String row(String part, double micros, double unet) {
    return String.format(
        Locale.ROOT,
        "%-32s%10.3f%10.3f %%%n",
        part,
        micros / MICROS_PER_MILLI,
        100 * micros / unet);
  }
}
