package io.chitra.dataset.look;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.dataset.PictureMeasures;
import io.chitra.schemas.ImageRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says of each picture which gates it does not pass, in the light of what was seen in it and of the
 * pictures before it.
 *
 * <p>A duplicate is one of an earlier picture that stays in the dataset: whatever is left out, a
 * picture like it is kept. Memory: 150 bytes a picture, a few megabytes besides.
 *
 * <p>Life cycle: {@link #judge} for each row in the dataset's order (job id, index), then {@link
 * #report}. The same rows in the same order have the same verdicts. Used by one thread.
 */
public final class Judge {

  /** Of a picture of one tone: less than a level of 255. */
  static final double BLANK_CONTRAST = 1.0 / 255;

  /** Images of greyscale jobs. */
  private static final String GREYSCALE = "L";

  private static final int MOST_EXAMPLES = 1000;

  private final GateSettings settings;
  private final LookFacts facts;
  private final Map<Pixels, Picture> exact = new HashMap<>();
  private final HammingIndex near;
  private final List<Picture> nearPictures = new ArrayList<>();
  private final EnumMap<Gate, GateReport.Count> counts = new EnumMap<>(Gate.class);
  private final List<String> examples = new ArrayList<>();
  private String lastJob = "";
  private long judged;
  private long dropped;
  private long forbidding;

  /** The first half of a SHA-256. */
  private record Pixels(long first, long second) {
    static Pixels of(ImageRecord record) {
      String hex = record.getPixelSha256();
      return new Pixels(
          Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
    }
  }

  private record Picture(String job, int index) {
    @Override
    public String toString() {
      return job + "/" + index;
    }
  }

  /**
   * @param facts of those who looked
   */
  public Judge(GateSettings settings, LookFacts facts) {
    if (settings.gates().contains(Gate.NEAR_COPY) && facts.reference() == null) {
      throw new IllegalArgumentException(
          "Cannot judge by gate %s: nobody looked for a reference set"
              .formatted(Gate.NEAR_COPY.label()));
    }
    this.settings = settings;
    this.facts = facts;
    this.near = new HammingIndex(settings.limits().nearDuplicateBits());
    settings.gates().forEach(gate -> counts.put(gate, new GateReport.Count(0, 0)));
  }

  /**
   * Judges the next row.
   *
   * @throws IllegalArgumentException when nobody has looked at it
   */
  public Verdict judge(DatasetRow row) {
    PictureLook look = row.look();
    if (look == null) {
      throw new IllegalArgumentException(
          "Cannot judge picture %s: nobody has looked at it".formatted(Verdict.picture(row)));
    }
    Optional<Picture> sameAs = sameAs(row);
    int nearest = nearest(look);
    Optional<Picture> nearTo =
        nearest < 0 ? Optional.empty() : Optional.of(nearPictures.get(nearest));
    List<Gate> failed = new ArrayList<>();
    for (Gate gate : settings.gates()) {
      boolean fails =
          switch (gate) {
            case EXACT_DUPLICATE -> sameAs.isPresent();
            case NEAR_DUPLICATE -> nearTo.isPresent();
            default -> fails(gate, row.record(), look);
          };
      if (fails) {
        failed.add(gate);
      }
    }
    List<Gate> dropping = failed.stream().filter(gate -> settings.drop().contains(gate)).toList();
    List<Gate> forbiddingGates =
        dropping.isEmpty()
            ? failed.stream().filter(gate -> settings.require().contains(gate)).toList()
            : List.of();
    DatasetRow complete =
        row.with(
            look.judged(
                sameAs.or(() -> nearTo).map(Picture::toString).orElse(null),
                failed.stream().map(Gate::label).toList()));
    if (dropping.isEmpty()) {
      remember(row, look, nearest);
    }
    Verdict verdict = new Verdict(complete, dropping, forbiddingGates);
    count(verdict, failed);
    return verdict;
  }

  private boolean fails(Gate gate, ImageRecord record, PictureLook look) {
    PictureMeasures measures = look.measures();
    if (measures == null) {
      return gate == Gate.READABLE;
    }
    GateLimits limits = settings.limits();
    return switch (gate) {
      case READABLE, EXACT_DUPLICATE, NEAR_DUPLICATE -> false;
      case BLANK -> measures.contrast() < BLANK_CONTRAST;
      case LOW_CONTRAST -> measures.contrast() < limits.minContrast();
      case BRIGHTNESS ->
          measures.brightness() < limits.minBrightness()
              || measures.brightness() > limits.maxBrightness();
      case COLOURLESS ->
          measures.colourfulness() < limits.minColourfulness()
              && !GREYSCALE.equals(record.getOutputMode());
      case SIZE -> Math.min(record.getWidth(), record.getHeight()) < limits.minSide();
      case CLIP_SCORE -> measured(gate, look.clipScore()) < limits.minClipScore();
      case NSFW -> measured(gate, look.nsfwScore()) > limits.maxNsfw();
      case NEAR_COPY -> {
        LookFacts.Reference reference = facts.reference();
        yield reference != null && measured(gate, look.nearestDistance()) <= reference.threshold();
      }
    };
  }

  private static double measured(Gate gate, @Nullable Double score) {
    if (score == null) {
      throw new IllegalArgumentException(
          "Cannot judge by gate %s: a picture was not looked at for it".formatted(gate.label()));
    }
    return score;
  }

  private Optional<Picture> sameAs(DatasetRow row) {
    return settings.gates().contains(Gate.EXACT_DUPLICATE)
        ? Optional.ofNullable(exact.get(Pixels.of(row.record())))
        : Optional.empty();
  }

  /** The number of the nearest pHash that is near; -1: there is none. */
  private int nearest(PictureLook look) {
    PictureMeasures measures = look.measures();
    return measures == null || !settings.gates().contains(Gate.NEAR_DUPLICATE)
        ? -1
        : near.nearest(measures.perceptualHash());
  }

  /** Of equal pHashes the first alone, so that a million blank pictures are one. */
  private void remember(DatasetRow row, PictureLook look, int nearest) {
    String job = row.record().getJobId();
    lastJob = job.equals(lastJob) ? lastJob : job;
    Picture picture = new Picture(lastJob, row.record().getImageIndex());
    if (settings.gates().contains(Gate.EXACT_DUPLICATE)) {
      exact.putIfAbsent(Pixels.of(row.record()), picture);
    }
    PictureMeasures measures = look.measures();
    if (measures != null && settings.gates().contains(Gate.NEAR_DUPLICATE)) {
      long hash = measures.perceptualHash();
      if (nearest < 0 || near.at(nearest) != hash) {
        near.add(hash);
        nearPictures.add(picture);
      }
    }
  }

  private void count(Verdict verdict, List<Gate> failed) {
    judged++;
    dropped += verdict.dropped() ? 1 : 0;
    for (Gate gate : failed) {
      long droppedByIt = verdict.dropping().contains(gate) ? 1 : 0;
      counts.computeIfPresent(
          gate,
          (g, count) -> new GateReport.Count(count.failed() + 1, count.dropped() + droppedByIt));
    }
    if (!verdict.forbidding().isEmpty()) {
      forbidding++;
      if (examples.size() < MOST_EXAMPLES) {
        examples.add(
            "%s: %s"
                .formatted(
                    verdict.picture(),
                    String.join(", ", verdict.forbidding().stream().map(Gate::label).toList())));
      }
    }
  }

  /** What was said of the rows so far. */
  public GateReport report() {
    return new GateReport(
        settings, facts, judged, dropped, new TreeMap<>(counts), forbidding, examples);
  }
}
