package io.chitra.cli.letters;

import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobsAgain;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.TopicException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What asking for dead letters' pictures again comes to: a new submission of each whole one, with
 * its original bytes, and for single pictures one of each range that their indexes make.
 */
public final class Redrive {

  private final List<Letter> wholes;
  private final Map<Place, Indexes> ranges;

  private Redrive(List<Letter> wholes, Map<Place, Indexes> ranges) {
    this.wholes = wholes;
    this.ranges = ranges;
  }

  /** Of these letters. */
  public static Redrive of(List<Letter> letters) {
    List<Letter> wholes = new ArrayList<>();
    Map<Place, Indexes> ranges = new TreeMap<>();
    for (Letter letter : letters) {
      letter
          .range()
          .ifPresentOrElse(
              range ->
                  ranges
                      .computeIfAbsent(letter.submission(), place -> new Indexes())
                      .add(range.first(), range.end()),
              () -> wholes.add(letter));
    }
    return new Redrive(wholes, ranges);
  }

  /** Whole submissions, by their letters. */
  public List<Letter> wholes() {
    return wholes;
  }

  /** Single pictures, by their submissions. */
  public Map<Place, Indexes> ranges() {
    return ranges;
  }

  /** How many single pictures. */
  public long pictures() {
    return ranges.values().stream().mapToLong(Indexes::size).sum();
  }

  /**
   * Sends all that can be sent.
   *
   * @return what could not be sent, with the reason
   */
  public List<String> send(JobsAgain again, LetterLookup letters)
      throws TopicException, InterruptedException {
    List<String> unsent = new ArrayList<>();
    for (Letter letter : wholes) {
      Optional<LetterLookup.Original> original = letters.original(letter.place());
      if (original.isPresent()) {
        again.bytes(
            letter.submission(), letter.place(), original.get().key(), original.get().value());
      } else {
        unsent.add(
            "Cannot send %s again: the submission %s had no bytes"
                .formatted(letter.id(), letter.submission()));
      }
    }
    for (Map.Entry<Place, Indexes> submission : ranges.entrySet()) {
      for (Indexes.Range range : submission.getValue().ranges()) {
        try {
          again.range(submission.getKey(), range);
        } catch (JobsAgain.NoSuchJobException e) {
          unsent.add(String.valueOf(e.getMessage()));
          break;
        }
      }
    }
    again.flush();
    return unsent;
  }
}
