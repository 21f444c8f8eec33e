package io.chitra.cli;

import io.chitra.dataset.look.Gate;
import io.chitra.dataset.look.GateLimits;
import io.chitra.dataset.look.GateModels;
import io.chitra.dataset.look.GateSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which quality gates a dataset passes on its way out. A gate is asked for by its name, or by any
 * option of its own.
 */
final class GateOptions {

  private static final String ALL = "all";

  @Option(
      names = "--gates",
      paramLabel = "all|GATE",
      split = ",",
      order = 40,
      description =
          "Judge pictures by these gates: exact-duplicate, near-duplicate, blank, low-contrast,"
              + " brightness, colourless, size, clip-score, nsfw, near-copy; all: those that need"
              + " no model, and those whose model is named. Pictures are marked, not left out.")
  private List<String> gates = List.of();

  @Option(
      names = "--drop",
      paramLabel = "GATE",
      split = ",",
      order = 41,
      description = "Leave out pictures that fail one of these; dropped.jsonl names them.")
  private List<String> drop = List.of();

  @Option(
      names = "--require-gate",
      paramLabel = "GATE",
      split = ",",
      order = 42,
      description = "Publish nothing while a picture that is not left out fails one of these.")
  private List<String> require = List.of();

  @Option(
      names = "--near-duplicates",
      paramLabel = "BITS",
      order = 43,
      description =
          "near-duplicate: pHashes that differ in at most so many of 64 bits, 0 to 15 (default:"
              + " 4).")
  private @Nullable Integer nearDuplicates;

  @Option(
      names = "--min-contrast",
      paramLabel = "X",
      order = 44,
      description = "low-contrast: least standard deviation of luma, 0 to 0.5 (default: 0.05).")
  private @Nullable Double minContrast;

  @Option(
      names = "--min-brightness",
      paramLabel = "X",
      order = 45,
      description = "brightness: least mean of luma, 0 to 1 (default: 0.05).")
  private @Nullable Double minBrightness;

  @Option(
      names = "--max-brightness",
      paramLabel = "X",
      order = 46,
      description = "brightness: greatest mean of luma, 0 to 1 (default: 0.95).")
  private @Nullable Double maxBrightness;

  @Option(
      names = "--min-colourfulness",
      paramLabel = "X",
      order = 47,
      description = "colourless: least colourfulness (Hasler and Süsstrunk; default: 5).")
  private @Nullable Double minColourfulness;

  @Option(
      names = "--min-side",
      paramLabel = "PIXELS",
      order = 48,
      description = "size: least pixels of the shorter side (default: 64).")
  private @Nullable Integer minSide;

  @Option(
      names = "--clip-model",
      paramLabel = "DIR",
      order = 49,
      description = "clip-score: a CLIP model as optimum exports it.")
  private @Nullable Path clipModel;

  @Option(
      names = "--min-clip-score",
      paramLabel = "X",
      order = 50,
      description = "clip-score: least cosine of picture and prompt times 100 (default: 20).")
  private @Nullable Double minClipScore;

  @Option(
      names = "--nsfw-model",
      paramLabel = "DIR",
      order = 51,
      description = "nsfw: an image classifier as optimum exports it.")
  private @Nullable Path nsfwModel;

  @Option(
      names = "--nsfw-label",
      paramLabel = "NAME",
      split = ",",
      order = 52,
      description =
          "nsfw: those of its classes that are not safe for work (default: nsfw, porn, hentai,"
              + " sexy, unsafe, explicit, where it has them).")
  private List<String> nsfwLabels = List.of();

  @Option(
      names = "--max-nsfw",
      paramLabel = "X",
      order = 53,
      description = "nsfw: greatest probability, 0 to 1 (default: 0.5).")
  private @Nullable Double maxNsfw;

  @Option(
      names = "--reference",
      paramLabel = "DIR",
      order = 54,
      description = "near-copy: folder of the pictures that must not be copied.")
  private @Nullable Path reference;

  @Option(
      names = "--embedder",
      paramLabel = "DIR|FILE",
      order = 55,
      description =
          "near-copy: the ONNX model in whose space nearness is measured (default: none, pHash).")
  private @Nullable Path embedder;

  @Option(
      names = "--copy-distance",
      paramLabel = "X",
      order = 56,
      description =
          "near-copy: the distance up to which a picture is one (default: calibrated on the"
              + " reference pictures themselves).")
  private @Nullable Double copyDistance;

  /**
   * What these options ask for; empty: nothing, so that nobody need look at the pictures.
   *
   * @throws CliException when one of them is wrong
   */
  Optional<GateSettings> settings() throws CliException {
    try {
      SortedSet<Gate> dropping = named(drop);
      SortedSet<Gate> required = named(require);
      SortedSet<Gate> asked = new TreeSet<>(dropping);
      asked.addAll(required);
      asked.addAll(ofOptions());
      for (String name : gates) {
        asked.addAll(name.equals(ALL) ? possible() : List.of(Gate.of(name)));
      }
      if (asked.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new GateSettings(asked, limits(), models(), dropping, required));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  private static SortedSet<Gate> named(Collection<String> names) {
    SortedSet<Gate> gates = new TreeSet<>();
    names.forEach(name -> gates.add(Gate.of(name)));
    return gates;
  }

  /** Those that an option of their own was given for. */
  private EnumSet<Gate> ofOptions() {
    EnumSet<Gate> asked = EnumSet.noneOf(Gate.class);
    add(asked, Gate.NEAR_DUPLICATE, nearDuplicates);
    add(asked, Gate.LOW_CONTRAST, minContrast);
    add(asked, Gate.BRIGHTNESS, minBrightness);
    add(asked, Gate.BRIGHTNESS, maxBrightness);
    add(asked, Gate.COLOURLESS, minColourfulness);
    add(asked, Gate.SIZE, minSide);
    add(asked, Gate.CLIP_SCORE, clipModel);
    add(asked, Gate.CLIP_SCORE, minClipScore);
    add(asked, Gate.NSFW, nsfwModel);
    add(asked, Gate.NSFW, maxNsfw);
    add(asked, Gate.NEAR_COPY, reference);
    add(asked, Gate.NEAR_COPY, copyDistance);
    return asked;
  }

  /** Those that need no model, and those whose model is named. */
  private EnumSet<Gate> possible() {
    EnumSet<Gate> possible = EnumSet.allOf(Gate.class);
    possible.removeAll(EnumSet.of(Gate.CLIP_SCORE, Gate.NSFW, Gate.NEAR_COPY));
    possible.addAll(ofOptions());
    return possible;
  }

  private static void add(EnumSet<Gate> gates, Gate gate, @Nullable Object given) {
    if (given != null) {
      gates.add(gate);
    }
  }

  private GateLimits limits() {
    GateLimits absent = GateLimits.DEFAULTS;
    return new GateLimits(
        or(nearDuplicates, absent.nearDuplicateBits()),
        or(minContrast, absent.minContrast()),
        or(minBrightness, absent.minBrightness()),
        or(maxBrightness, absent.maxBrightness()),
        or(minColourfulness, absent.minColourfulness()),
        or(minSide, absent.minSide()),
        or(minClipScore, absent.minClipScore()),
        or(maxNsfw, absent.maxNsfw()),
        copyDistance);
  }

  private static <T> T or(@Nullable T given, T absent) {
    return given == null ? absent : given;
  }

  private GateModels models() throws CliException {
    return new GateModels(
        there("--clip-model", clipModel),
        there("--nsfw-model", nsfwModel),
        nsfwLabels,
        there("--reference", reference),
        there("--embedder", embedder));
  }

  private static @Nullable Path there(String option, @Nullable Path path) throws CliException {
    if (path == null) {
      return null;
    }
    Path absolute = path.toAbsolutePath().normalize();
    if (!Files.exists(absolute)) {
      throw CliException.usage(
          "Cannot use %s %s: there is no such file or folder".formatted(option, absolute));
    }
    return absolute;
  }
}
