package io.chitra.cli.machine;

import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark measures.
 *
 * @param model folder of the model
 * @param pictures that engine and pipeline make, each
 * @param stubPictures that the pipeline makes where nothing is rendered
 * @param stubBytes of the file of each of these
 * @param steps of the denoising of each picture
 * @param side of a picture, in pixels; null: the model's own size
 * @param guidance scale of classifier-free guidance; none at 1 and below
 * @param rows of the UNet's batch, of engine and pipeline
 * @param device that computes: cpu, cuda or cuda:N
 */
public record BenchOptions(
    Set<BenchSection> sections,
    Path model,
    int pictures,
    int stubPictures,
    int stubBytes,
    int steps,
    @Nullable Integer side,
    double guidance,
    int rows,
    String device) {

  private static final int MOST_STUB_BYTES = 10_000_000;
  private static final Pattern DEVICE = Pattern.compile("cpu|cuda(:\\d{1,3})?");

  public BenchOptions {
    sections = Set.copyOf(sections);
    require(pictures >= 1, "pictures", pictures, "1 or more");
    require(stubPictures >= 1, "stub-pictures", stubPictures, "1 or more");
    require(
        stubBytes >= 1 && stubBytes <= MOST_STUB_BYTES,
        "stub-bytes",
        stubBytes,
        "1 to " + MOST_STUB_BYTES);
    require(steps >= 1, "steps", steps, "1 or more");
    require(side == null || side >= 1, "size", side, "1 or more");
    require(guidance >= 0 && guidance <= 100, "guidance", guidance, "0 to 100");
    require(rows >= 2, "rows", rows, "2 or more");
    require(DEVICE.matcher(device).matches(), "device", device, "cpu, cuda or cuda:N");
  }

  /** Rows that one picture takes: with guidance one for each of its prompts. */
  public int rowsPerPicture() {
    return guidance > 1 ? 2 : 1;
  }

  private static void require(boolean holds, String name, @Nullable Object value, String right) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Cannot measure with --%s %s: %s would be right".formatted(name, value, right));
    }
  }
}
