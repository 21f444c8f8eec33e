package io.chitra.cli.diff;

import io.chitra.cli.diff.Pair.Pixels;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.TopicScan;
import io.chitra.dataset.compare.Psnr;
import io.chitra.dataset.compare.Verdict.Change;
import io.chitra.dataset.look.PerceptualHash;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;

/**
 * Two datasets side by side: rows of the same job and index are a pair. Both are in this order, so
 * one pass finds all; pictures whose pixel hashes differ are fetched and compared, a few at a time.
 *
 * <p>Used by one thread, with some of its own until it is closed. Rows and store stay the caller's.
 */
public final class DatasetDiff implements AutoCloseable {

  /** What a record says besides what was asked for. */
  private static final Set<String> NO_SETTINGS =
      Set.of(
          "job_id",
          "dataset",
          "image_index",
          "submission",
          "prompt_truncated",
          "negative_prompt_truncated",
          "prompt_2_truncated",
          "negative_prompt_2_truncated",
          "fingerprint",
          "environment_class",
          "object_key",
          "bucket",
          "content_type",
          "file_bytes",
          "file_sha256",
          "pixel_sha256",
          "reused",
          "rendered_at",
          "render_millis",
          "environment");

  private static final Comparator<ImageRecord> ORDER =
      Comparator.comparing(ImageRecord::getJobId).thenComparingInt(ImageRecord::getImageIndex);

  private static final int AT_ONCE = 16;

  private final Function<String, CompletableFuture<byte[]>> pictures;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          task -> {
            Thread thread = new Thread(task, "compare-pictures");
            thread.setDaemon(true);
            return thread;
          });

  /** Is told what there is, in the order of job and index; by the calling thread. */
  public interface Receiver {

    void pair(Pair pair);

    /** A picture that the second dataset does not have. */
    void onlyInOne(ImageRecord record);

    /** A picture that the first dataset does not have. */
    void onlyInOther(ImageRecord record);
  }

  /**
   * @param pictures the bytes of an object by its key within the bucket
   */
  public DatasetDiff(Function<String, CompletableFuture<byte[]>> pictures) {
    this.pictures = pictures;
  }

  /** Compares all rows. */
  public void compare(
      DatasetRows one, DatasetRows other, Receiver receiver, TopicScan.Listener listener)
      throws IOException {
    Deque<CompletableFuture<Pair>> open = new ArrayDeque<>();
    long total = one.size() + other.size();
    long i = 0;
    long j = 0;
    listener.read(0, total);
    while (i < one.size() || j < other.size()) {
      ImageRecord left = i < one.size() ? one.at(i).record() : null;
      ImageRecord right = j < other.size() ? other.at(j).record() : null;
      int order = left == null ? 1 : right == null ? -1 : ORDER.compare(left, right);
      if (left != null && right != null && order == 0) {
        open.add(pair(left, right));
        i++;
        j++;
      } else if (left != null && order < 0) {
        receiver.onlyInOne(left);
        i++;
      } else if (right != null) {
        receiver.onlyInOther(right);
        j++;
      }
      if (open.size() >= AT_ONCE) {
        receiver.pair(open.remove().join());
      }
      listener.read(i + j, total);
    }
    while (!open.isEmpty()) {
      receiver.pair(open.remove().join());
    }
  }

  private CompletableFuture<Pair> pair(ImageRecord one, ImageRecord other) {
    SortedMap<String, Change> settings = settings(one, other);
    SortedMap<String, Change> environment = changes(one.getEnvironment(), other.getEnvironment());
    return pixels(one, other)
        .exceptionally(failure -> new Pixels.Unknown(why(failure)))
        .thenApply(pixels -> new Pair(one, other, settings, environment, pixels));
  }

  private static SortedMap<String, Change> settings(ImageRecord one, ImageRecord other) {
    SortedMap<String, Change> settings = new TreeMap<>();
    for (Field field : ImageRecord.getClassSchema().getFields()) {
      Object left = one.get(field.pos());
      Object right = other.get(field.pos());
      if (!NO_SETTINGS.contains(field.name()) && !Objects.equals(left, right)) {
        settings.put(field.name(), new Change(text(left), text(right)));
      }
    }
    return settings;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static SortedMap<String, Change> changes(
      Map<String, String> one, Map<String, String> other) {
    Set<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    SortedMap<String, Change> changes = new TreeMap<>();
    for (String name : names) {
      if (!Objects.equals(one.get(name), other.get(name))) {
        changes.put(name, new Change(one.get(name), other.get(name)));
      }
    }
    return changes;
  }

  private CompletableFuture<Pixels> pixels(ImageRecord one, ImageRecord other) {
    if (one.getPixelSha256().equals(other.getPixelSha256())) {
      return CompletableFuture.completedFuture(new Pixels.Equal());
    }
    return pictures
        .apply(one.getObjectKey())
        .thenCombineAsync(pictures.apply(other.getObjectKey()), this::different, threads);
  }

  private Pixels different(byte[] one, byte[] other) {
    try {
      Rgb left = Rgb.decode(one);
      Rgb right = Rgb.decode(other);
      int distance =
          Long.bitCount(
              PerceptualHash.of(left.width(), left.height(), left.rgb())
                  ^ PerceptualHash.of(right.width(), right.height(), right.rgb()));
      boolean sameSize = left.width() == right.width() && left.height() == right.height();
      double psnr = sameSize ? Psnr.of(left.rgb(), right.rgb()) : Double.POSITIVE_INFINITY;
      return new Pixels.Different(Double.isFinite(psnr) ? (Double) psnr : null, distance);
    } catch (IOException | RuntimeException e) {
      throw new CompletionException(e);
    }
  }

  private static String why(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
