package io.chitra.diffusion.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.onnx.PictureModel;
import io.chitra.pixels.Resampling;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pictures to {@code pixel_values}, as transformers' image processors (those that use Pillow) make
 * them by their {@code preprocessor_config.json}: resize, crop the centre, scale, normalise.
 * Immutable.
 */
final class ImageProcessor {

  private static final String FILE = "preprocessor_config.json";

  private static final int CHANNELS = 3;
  private static final int LEVELS = 256;

  /** Processors whose plain {@code size} is that of the shorter side. */
  private static final List<String> SHORTEST_EDGE = List.of("CLIP", "ChineseCLIP", "Bit");

  private final Resize resize;
  private final Resampling filter;
  private final Size cropped;
  private final float[][] values;

  private record Size(int width, int height) {}

  /** What size a picture gets before it is cropped. */
  private sealed interface Resize {

    Size of(int width, int height);

    /** Always the same. */
    record Fixed(Size size) implements Resize {
      @Override
      public Size of(int width, int height) {
        return size;
      }
    }

    /** The shorter side becomes this; proportions are kept. */
    record Shortest(int side) implements Resize {
      @Override
      public Size of(int width, int height) {
        long scaled = (long) side * Math.max(width, height);
        int longer = (int) ((double) scaled / Math.min(width, height));
        return width <= height ? new Size(side, longer) : new Size(longer, side);
      }
    }
  }

  private ImageProcessor(Resize resize, Resampling filter, Size cropped, float[][] values) {
    this.resize = resize;
    this.filter = filter;
    this.cropped = cropped;
    this.values = values;
  }

  /** Reads the processor of a model's folder. */
  static ImageProcessor read(Path folder) throws DiffusionException {
    return of(ConfigFile.read(folder, FILE));
  }

  static ImageProcessor of(ConfigFile config) throws DiffusionException {
    if (!config.flag("do_resize", true)) {
      throw config.unsupported("do_resize", "true");
    }
    if (config.has("crop_pct")) {
      throw config.unsupported("crop_pct", "crop_size, or no crop");
    }
    Resize resize = resize(config);
    return new ImageProcessor(resize, filter(config), cropped(config, resize), values(config));
  }

  private static Resize resize(ConfigFile config) throws DiffusionException {
    JsonNode size = config.value("size");
    if (size != null && size.has("shortest_edge")) {
      return new Resize.Shortest(side(config, "size", size.get("shortest_edge")));
    }
    if (size != null && size.isIntegralNumber() && isShortestEdge(config)) {
      return new Resize.Shortest(side(config, "size", size));
    }
    return new Resize.Fixed(size(config, "size"));
  }

  private static boolean isShortestEdge(ConfigFile config) throws DiffusionException {
    String type = config.text("image_processor_type", config.text("feature_extractor_type", ""));
    return SHORTEST_EDGE.stream().anyMatch(type::startsWith);
  }

  private static Size cropped(ConfigFile config, Resize resize) throws DiffusionException {
    boolean crops = config.flag("do_center_crop", config.has("crop_size"));
    if (!crops && resize instanceof Resize.Fixed fixed) {
      return fixed.size();
    }
    if (!crops) {
      throw config.unsupported("do_center_crop", "true where size is that of the shorter side");
    }
    Size cropped = size(config, "crop_size");
    Size smallest = resize.of(1, 1);
    if (cropped.width() > smallest.width() || cropped.height() > smallest.height()) {
      throw config.unsupported("crop_size", "what lies within size");
    }
    return cropped;
  }

  /** A square's side, or height and width. */
  private static Size size(ConfigFile config, String key) throws DiffusionException {
    JsonNode size = config.value(key);
    if (size != null && size.isObject()) {
      return new Size(
          side(config, key, size.path("width")), side(config, key, size.path("height")));
    }
    int side = side(config, key, size);
    return new Size(side, side);
  }

  private static int side(ConfigFile config, String key, @Nullable JsonNode side)
      throws DiffusionException {
    if (side == null || !side.canConvertToInt() || side.intValue() < 1) {
      throw config.unsupported(key, "a number of pixels, height and width, or shortest_edge");
    }
    return side.intValue();
  }

  /** Pillow's numbers of its filters. */
  private static Resampling filter(ConfigFile config) throws DiffusionException {
    return switch (config.integer("resample", 3)) {
      case 1 -> Resampling.LANCZOS;
      case 2 -> Resampling.BILINEAR;
      case 3 -> Resampling.BICUBIC;
      default -> throw config.unsupported("resample", "1 (Lanczos), 2 (bilinear), 3 (bicubic)");
    };
  }

  /** What each level becomes in each channel: scaled in double, normalised in single precision. */
  private static float[][] values(ConfigFile config) throws DiffusionException {
    double factor =
        config.flag("do_rescale", true) ? config.number("rescale_factor", 1 / 255.0) : 1;
    boolean normalizes = config.flag("do_normalize", true);
    double[] mean = normalizes ? channels(config, "image_mean") : new double[CHANNELS];
    double[] deviation = normalizes ? channels(config, "image_std") : new double[] {1, 1, 1};
    float[][] values = new float[CHANNELS][LEVELS];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int level = 0; level < LEVELS; level++) {
        values[channel][level] =
            ((float) (level * factor) - (float) mean[channel]) / (float) deviation[channel];
      }
    }
    return values;
  }

  private static double[] channels(ConfigFile config, String key) throws DiffusionException {
    double[] channels = config.numbers(key);
    if (channels == null || channels.length != CHANNELS) {
      throw config.unsupported(key, "three numbers");
    }
    return channels;
  }

  int width() {
    return cropped.width();
  }

  int height() {
    return cropped.height();
  }

  /** Pictures of any sizes, as a model takes them. */
  PictureModel.Pixels pixelValues(List<RgbImage> pictures) {
    int length = CHANNELS * width() * height();
    float[] all = new float[Math.multiplyExact(pictures.size(), length)];
    for (int i = 0; i < pictures.size(); i++) {
      put(pictures.get(i), all, i * length);
    }
    return new PictureModel.Pixels(all, pictures.size(), height(), width());
  }

  private void put(RgbImage picture, float[] all, int from) {
    Size size = resize.of(picture.width(), picture.height());
    byte[] rgb = picture.resized(filter, size.width(), size.height()).rgb();
    int left = (size.width() - width()) / 2;
    int top = (size.height() - height()) / 2;
    int at = from;
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int y = 0; y < height(); y++) {
        int pixel = (top + y) * size.width() + left;
        for (int x = 0; x < width(); x++) {
          all[at++] = values[channel][rgb[CHANNELS * (pixel + x) + channel] & 0xff];
        }
      }
    }
  }
}
