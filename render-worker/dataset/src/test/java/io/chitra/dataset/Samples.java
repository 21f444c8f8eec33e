package io.chitra.dataset;

import io.chitra.dataset.pack.PackedPicture;
import io.chitra.dataset.pack.RegionMask;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.Submission;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Small datasets of real pictures, for tests. */
public final class Samples {

  public static final int WIDTH = 24;
  public static final int HEIGHT = 16;

  /** A row with the picture that belongs to it. */
  public record Sample(DatasetRow row, PackedPicture picture) {}

  private Samples() {}

  /**
   * Pictures of every kind: plain ones, JPEG, hostile texts, shapes and masks, labels of all types
   * and none, looks and none. The first half lacks what the second half has.
   */
  public static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      samples.add(
          sample(
              record("blue-cat", i, "png")
                  .setLabels(Map.of("weather", i % 2 == 0 ? "rain" : "Sun/dry", "count", (long) i)),
              null,
              null));
    }
    for (int i = 0; i < 2; i++) {
      samples.add(
          sample(
              record("photo", i, "jpg")
                  .setOutputFormat("jpeg")
                  .setOutputQuality(90)
                  .setLabels(Map.of("weather", "rain", "count", 7L, "bright", 0.5)),
              null,
              null));
    }
    samples.add(
        sample(
            record("test", 0, "png")
                .setPrompt("a | b\n<script>alert(1)</script> ```x``` [y](z) \"q\" \\ ' ---\t$")
                .setNegativePrompt("blurry")
                .setLabels(Map.of("weather", "rain", "count", 1L, "checked", true)),
            null,
            look(0)));
    samples.add(
        sample(
            record("shape", 0, "png")
                .setTask("inpainting")
                .setImage(file("12"))
                .setStrength(0.75)
                .setMask(new MaskShape(new Rectangle(4, 2, 10, 8), null))
                .setLoras(List.of(new Lora(file("56"), 0.8, "ink")))
                .setLabels(Map.of("weather", "Sun/dry", "count", 2L)),
            null,
            look(1)));
    samples.add(
        sample(
            record("shape", 1, "png")
                .setTask("inpainting")
                .setImage(file("12"))
                .setStrength(1.0)
                .setTimesteps(List.of(999, 499))
                .setMask(
                    new MaskShape(
                        null, List.of(new Point(0, 0), new Point(12, 0), new Point(0, 8))))
                .setLabels(Map.of("weather", "Sun/dry", "count", 3L)),
            null,
            look(2)));
    samples.add(
        sample(
            record("shape", 2, "png")
                .setTask("inpainting")
                .setImage(file("12"))
                .setStrength(1.0)
                .setMaskImage(file("34"))
                .setLabels(Map.of("weather", "rain", "count", 4L)),
            mask(),
            look(3)));
    return samples;
  }

  /** The left half, in half the picture's size. */
  private static RegionMask mask() {
    int width = WIDTH / 2;
    int height = HEIGHT / 2;
    byte[] grey = new byte[width * height];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) (i % width < width / 2 ? 255 : 0);
    }
    return new RegionMask(width, height, grey);
  }

  private static PictureLook look(int number) {
    return new PictureLook(
        null,
        new PictureMeasures(number, 0.5, 0.25, 0.5, 0.25, 0.75, 0.5, 12.5),
        21.5,
        0.125,
        null,
        null,
        number == 3 ? "shape/1" : null,
        number == 3 ? List.of("near-duplicates", "contrast") : List.of());
  }

  private static InputFile file(String digits) {
    return new InputFile("s3://chitra/inputs/" + digits, digits.repeat(32));
  }

  private static Sample sample(
      ImageRecord.Builder record, @Nullable RegionMask mask, @Nullable PictureLook look) {
    ImageRecord plain = record.setFileSha256("").setPixelSha256("").setFileBytes(0).build();
    String extension = FileNames.extension(plain.getContentType());
    BufferedImage image = image(plain.getJobId().hashCode() * 31L + plain.getImageIndex());
    byte[] file = encode(image, extension);
    record
        .setFileSha256(Sha256.of(file))
        .setFileBytes(file.length)
        .setPixelSha256(Sha256.of(rgb(image)));
    return new Sample(
        new DatasetRow(record.build(), 1, 40L + plain.getImageIndex(), look),
        new PackedPicture(file, extension, WIDTH, HEIGHT, Sha256.of(file), mask));
  }

  private static BufferedImage image(long seed) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(seed);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    return image;
  }

  private static byte[] rgb(BufferedImage image) {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int pixel = image.getRGB(i % WIDTH, i / WIDTH);
      rgb[3 * i] = (byte) (pixel >> 16);
      rgb[3 * i + 1] = (byte) (pixel >> 8);
      rgb[3 * i + 2] = (byte) pixel;
    }
    return rgb;
  }

  private static byte[] encode(BufferedImage image, String extension) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, extension, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static ImageRecord.Builder record(String jobId, int index, String extension) {
    return ImageRecord.newBuilder()
        .setJobId(jobId)
        .setDataset("weather")
        .setImageIndex(index)
        .setLabels(Map.of())
        .setSubmission(new Submission("render.jobs", 1, 7L))
        .setModelDigest("ab".repeat(32))
        .setModelName("starter-model")
        .setPrompt("নীল বিড়াল, number " + index)
        .setNumInferenceSteps(20)
        .setGuidanceScale(7.5)
        .setScheduler("EulerDiscreteScheduler")
        .setWidth(WIDTH)
        .setHeight(HEIGHT)
        .setSeed(4294967290L + index)
        .setFingerprint("cd".repeat(32))
        .setEnvironmentClass("0123456789ab")
        .setObjectKey("images/cd/" + jobId + "-" + index + "." + extension)
        .setBucket("chitra")
        .setContentType(extension.equals("jpg") ? "image/jpeg" : "image/png")
        .setReused(false)
        .setRenderedAt(Instant.parse("2026-03-01T12:00:00Z").plusMillis(index))
        .setRenderMillis(5)
        .setEnvironment(Map.of());
  }
}
