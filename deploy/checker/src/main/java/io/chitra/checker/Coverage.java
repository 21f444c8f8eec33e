package io.chitra.checker;

import io.chitra.checker.Findings.Wrong;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Whether the terminal events of every submission cover its indexes exactly once. First all
 * submissions, then all events, then {@link #close}. For one thread.
 */
final class Coverage {

  private static final long SEEDS = 1L << 32;

  private final Map<Place, Asked> submissions = new HashMap<>();

  /** Submissions that ask for pictures of others again, by those others. */
  private final Map<Place, List<Asked>> again = new HashMap<>();

  private final Findings findings;

  Coverage(Findings findings) {
    this.findings = findings;
  }

  /** One submission: which indexes it asked for, and which of them have their event. */
  private static final class Asked {
    private final int first;

    /** 0 for one that no reader can understand: it can only fail as a whole. */
    private final int count;

    private final @Nullable Long seed;
    private final String jobId;
    private final byte @Nullable [] original;
    private final BitSet covered = new BitSet();
    private boolean failed;

    Asked(int first, int count, @Nullable Long seed, String jobId, byte @Nullable [] original) {
      this.first = first;
      this.count = count;
      this.seed = seed;
      this.jobId = jobId;
      this.original = original;
    }

    /** What has its event here or in one of the others. */
    BitSet all(List<Asked> others) {
      BitSet all = (BitSet) covered.clone();
      others.forEach(other -> all.or(other.covered));
      return all;
    }
  }

  /**
   * A record of a topic of jobs.
   *
   * @param of the submission whose pictures it asks for again
   */
  void submission(
      Place place, byte @Nullable [] value, Optional<GenericRecord> job, Optional<Place> of) {
    Asked asked =
        job.map(read -> asked(read, value)).orElseGet(() -> new Asked(0, 0, null, "", value));
    submissions.put(place, asked);
    of.ifPresent(other -> again.computeIfAbsent(other, p -> new ArrayList<>()).add(asked));
    findings.count("submissions", 1);
    findings.count("asked", asked.count);
  }

  private static Asked asked(GenericRecord job, byte @Nullable [] value) {
    int images = (Integer) job.get("num_images_per_prompt");
    int first = (Integer) job.get("first_index");
    Integer count = (Integer) job.get("index_count");
    int asked = count == null ? images - first : count;
    boolean sensible = first >= 0 && asked > 0 && (long) first + asked <= images;
    return new Asked(
        sensible ? first : 0,
        sensible ? asked : 0,
        (Long) job.get("seed"),
        job.get("id").toString(),
        value);
  }

  /** A picture was made. */
  void record(GenericRecord record) {
    findings.count("records", 1);
    Place place = Place.of(record);
    int index = (Integer) record.get("image_index");
    Asked asked = cover(place, index, 1);
    if (asked == null) {
      return;
    }
    if (!record.get("job_id").toString().equals(asked.jobId)) {
      findings.add(
          Wrong.BROKEN,
          1,
          "%s is of job %s, its record says another".formatted(place, asked.jobId));
    }
    if (asked.seed != null
        && asked.seed >= 0
        && (asked.seed + index) % SEEDS != (Long) record.get("seed")) {
      findings.add(Wrong.BROKEN, 1, "picture %d of %s has a wrong seed".formatted(index, place));
    }
  }

  /** A range of pictures was cancelled. */
  void cancelled(GenericRecord event) {
    findings.count("cancelled", (Integer) event.get("index_count"));
    cover(Place.of(event), (Integer) event.get("first_index"), (Integer) event.get("index_count"));
  }

  /** A range of pictures has failed, or the whole submission. */
  void deadLetter(GenericRecord letter) {
    findings.count("dead_letters", 1);
    Place place = Place.of(letter);
    Integer first = (Integer) letter.get("first_index");
    if (first != null) {
      Integer count = (Integer) letter.get("index_count");
      cover(place, first, count == null ? 1 : count);
      return;
    }
    Asked asked = submissions.get(place);
    if (asked == null) {
      findings.add(Wrong.FOREIGN, 1, "a dead letter of " + place);
      return;
    }
    if (asked.failed || !asked.covered.isEmpty()) {
      findings.add(Wrong.TWICE, 1, place + " has failed as a whole, and has other events");
    }
    asked.failed = true;
    ByteBuffer kept = (ByteBuffer) letter.get("value");
    byte[] bytes = kept == null ? null : bytes(kept);
    if (!Arrays.equals(bytes, asked.original)) {
      findings.add(Wrong.BROKEN, 1, "the dead letter of %s has other bytes".formatted(place));
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private @Nullable Asked cover(Place place, int first, int count) {
    Asked asked = submissions.get(place);
    if (asked == null || first < asked.first || first + count > asked.first + asked.count) {
      findings.add(Wrong.FOREIGN, count, "pictures %d+%d of %s".formatted(first, count, place));
      return null;
    }
    BitSet again = asked.covered.get(first, first + count);
    int twice = asked.failed ? count : again.cardinality();
    if (twice > 0) {
      findings.add(Wrong.TWICE, twice, "pictures %d+%d of %s".formatted(first, count, place));
    }
    asked.covered.set(first, first + count);
    return asked;
  }

  /**
   * After the last event: what has none is lost, unless somebody has asked for it again and it has
   * one there.
   */
  void close() {
    submissions.forEach(
        (place, asked) -> {
          if (asked.failed) {
            return;
          }
          BitSet covered = new BitSet();
          covered.set(asked.first, asked.first + asked.count);
          covered.and(asked.all(again.getOrDefault(place, List.of())));
          findings.count("repaired", covered.cardinality() - asked.covered.cardinality());
          int lost = asked.count == 0 ? 1 : asked.count - covered.cardinality();
          if (lost > 0) {
            int example = covered.nextClearBit(asked.first);
            findings.add(
                Wrong.LOST, lost, "%d of %s, as picture %d".formatted(lost, place, example));
          }
        });
  }
}
