package io.chitra.cli.status;

import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sums up what was asked for and what has come of it: by dataset, or by job where the selection
 * names a dataset or a job. Counts pictures; every submission counts, so a job that was sent twice
 * was asked for twice. Used by one thread.
 */
public final class Tally {

  private static final String UNREADABLE = "(unreadable)";
  private static final String DEFAULT_DATASET = "default";

  private final Selection selection;
  private final FailureLog failures;
  private final SortedMap<Key, Counts> counts = new TreeMap<>();

  /** What to look at; empty is everything. */
  public record Selection(Optional<String> dataset, Optional<String> job) {
    boolean includes(String ofDataset, String ofJob) {
      return dataset.map(ofDataset::equals).orElse(true) && job.map(ofJob::equals).orElse(true);
    }

    /** Whether sums are made for each job, or for each dataset. */
    public boolean byJob() {
      return dataset.isPresent() || job.isPresent();
    }
  }

  /** What a sum is for; the job is empty where sums are made for datasets. */
  public record Key(String dataset, String job) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byDataset = dataset.compareTo(other.dataset);
      return byDataset != 0 ? byDataset : job.compareTo(other.job);
    }
  }

  /** Is told of every failure in the selection. */
  @FunctionalInterface
  public interface FailureLog {
    void add(String reason, String example, long pictures);
  }

  /** The sums of one key, in pictures but for the submissions. */
  public static final class Counts {
    private long submissions;
    private long asked;
    private long rendered;
    private long reused;
    private long failed;

    /** How many records of the topic of jobs. */
    public long submissions() {
      return submissions;
    }

    public long asked() {
      return asked;
    }

    public long rendered() {
      return rendered;
    }

    public long reused() {
      return reused;
    }

    public long failed() {
      return failed;
    }

    /** Pictures that were asked for and have not ended. */
    public long open() {
      return Math.max(0, asked - rendered - reused - failed);
    }
  }

  public Tally(Selection selection, FailureLog failures) {
    this.selection = selection;
    this.failures = failures;
  }

  /** The sums, by dataset and job. */
  public SortedMap<Key, Counts> counts() {
    return counts;
  }

  void submitted(RenderJob job) {
    String dataset = datasetOf(job);
    if (selection.includes(dataset, job.getId())) {
      Counts sums = of(dataset, job.getId());
      sums.submissions++;
      sums.asked += pictures(job);
    }
  }

  /** A record of the topic of jobs that is no job: it asks for one thing that cannot be made. */
  void submittedUnreadable() {
    if (selection.includes(UNREADABLE, UNREADABLE)) {
      Counts sums = of(UNREADABLE, UNREADABLE);
      sums.submissions++;
      sums.asked++;
    }
  }

  void made(ImageRecord picture) {
    if (selection.includes(picture.getDataset(), picture.getJobId())) {
      Counts sums = of(picture.getDataset(), picture.getJobId());
      if (picture.getReused()) {
        sums.reused++;
      } else {
        sums.rendered++;
      }
    }
  }

  /**
   * A failure.
   *
   * @param job the job that it is about, where its dead letter still has it
   */
  void failed(DeadLetter letter, Optional<RenderJob> job) {
    String dataset =
        job.map(Tally::datasetOf)
            .orElseGet(() -> letter.getDataset() == null ? UNREADABLE : letter.getDataset());
    String id =
        job.map(RenderJob::getId)
            .orElseGet(() -> letter.getJobId() == null ? UNREADABLE : letter.getJobId());
    if (!selection.includes(dataset, id)) {
      return;
    }
    Integer count = letter.getIndexCount();
    long pictures =
        letter.getFirstIndex() != null && count != null
            ? count
            : job.map(Tally::pictures).orElse(1L);
    of(dataset, id).failed += pictures;
    failures.add(letter.getMessage(), example(letter, id), pictures);
  }

  private static String example(DeadLetter letter, String id) {
    if (id.equals(UNREADABLE)) {
      return "%s-%d@%d"
          .formatted(
              letter.getSubmission().getTopic(),
              letter.getSubmission().getPartition(),
              letter.getSubmission().getOffset());
    }
    return letter.getFirstIndex() == null ? id : id + "[" + letter.getFirstIndex() + "]";
  }

  private Counts of(String dataset, String job) {
    return counts.computeIfAbsent(
        new Key(dataset, selection.byJob() ? job : ""), key -> new Counts());
  }

  private static String datasetOf(RenderJob job) {
    return job.getDataset() == null ? DEFAULT_DATASET : job.getDataset();
  }

  /** Also of a job that breaks the rules, which asks for one thing at least. */
  private static long pictures(RenderJob job) {
    Integer count = job.getIndexCount();
    long asked = count != null ? count : (long) job.getNumImagesPerPrompt() - job.getFirstIndex();
    return Math.max(1, asked);
  }
}
