package io.chitra.cli.report;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a report is about, and how much it shows.
 *
 * @param label that sorts the pictures into classes; empty: the usual ones
 * @param looks how many pictures are looked at, evenly picked; all where there are no more
 * @param thumbnails how many pictures of each class are shown, at most
 * @param nearBits in how many of 64 bits the perceptual hashes of pictures may differ that look
 *     alike
 * @param program what makes the report, with its version
 * @param now when
 * @param ends where the topics ended, by topic and partition
 */
public record ReportSettings(
    String dataset,
    Optional<String> label,
    long looks,
    int thumbnails,
    int nearBits,
    String program,
    Instant now,
    SortedMap<String, Long> ends) {

  public ReportSettings {
    ends = Collections.unmodifiableSortedMap(new TreeMap<>(ends));
  }
}
