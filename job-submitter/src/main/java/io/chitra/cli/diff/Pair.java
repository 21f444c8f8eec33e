package io.chitra.cli.diff;

import io.chitra.dataset.compare.Verdict.Change;
import io.chitra.schemas.ImageRecord;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One picture in two datasets.
 *
 * @param settings what of the task is another, by the record's field
 * @param environment what of the environment is another
 */
public record Pair(
    ImageRecord one,
    ImageRecord other,
    SortedMap<String, Change> settings,
    SortedMap<String, Change> environment,
    Pixels pixels) {

  /** How the pixels of two pictures compare. */
  public sealed interface Pixels {

    /** Their hashes are the same. */
    record Equal() implements Pixels {}

    /**
     * They are others.
     *
     * @param psnr in dB; null: the pictures have different sizes, or their files alone differ
     * @param hashDistance of their perceptual hashes, in bits of 64
     */
    record Different(@Nullable Double psnr, int hashDistance) implements Pixels {}

    /** One of them cannot be had. */
    record Unknown(String why) implements Pixels {}
  }

  public Pair {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  public String job() {
    return one.getJobId();
  }

  public int index() {
    return one.getImageIndex();
  }
}
