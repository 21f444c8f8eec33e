package io.chitra.dataset.plan;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import io.chitra.dataset.pack.Survey;
import io.chitra.dataset.plan.SplitSettings.Unit;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a plan needs to know of each row, found out in one pass: some tens of bytes a row. Rows come
 * in the order of job id and index.
 */
final class RowNotes {

  private static final int NONE = -1;

  private final int[] jobStarts;
  private final int[] strata;
  private final int[] classes;
  private final long[] splitHashes;
  private final long[] orderHashes;
  private final long[] bytes;
  private final List<String> classNames;

  private RowNotes(Reading reading) {
    this.jobStarts = Arrays.copyOf(reading.jobStarts, reading.jobs);
    this.strata = reading.strata;
    this.classes = reading.classes;
    this.splitHashes = reading.splitHashes;
    this.orderHashes = reading.orderHashes;
    this.bytes = reading.bytes;
    this.classNames = List.copyOf(reading.classNames);
  }

  /**
   * Reads all rows.
   *
   * @param survey is shown each of them
   */
  static RowNotes of(ExportRequest request, Rows rows, Survey survey) throws IOException {
    int count = Math.toIntExact(rows.size());
    Reading reading = new Reading(request, count);
    for (int position = 0; position < count; position++) {
      DatasetRow row = rows.at(position);
      survey.see(row);
      reading.take(position, row);
    }
    return new RowNotes(reading);
  }

  int rows() {
    return bytes.length;
  }

  /** The first row of each job. */
  int[] jobStarts() {
    return jobStarts;
  }

  /** A number for the row's value of the label that splits are stratified by. */
  int stratum(int row) {
    return strata[row];
  }

  /** What the row's unit is ordered by within its stratum. */
  long splitHash(int row) {
    return splitHashes[row];
  }

  /** What a shuffled row is ordered by. */
  long orderHash(int row) {
    return orderHashes[row];
  }

  /** How long the row's picture is, as it is stored. */
  long bytes(int row) {
    return bytes[row];
  }

  /** The row's class; null: it has none. */
  @Nullable String className(int row) {
    return classes[row] == NONE ? null : classNames.get(classes[row]);
  }

  /** One pass over the rows. */
  private static final class Reading {
    private final ExportRequest request;
    private final boolean byJob;
    private final SeededHash splitHash;
    private final @Nullable SeededHash orderHash;
    private final int[] strata;
    private final int[] classes;
    private final long[] splitHashes;
    private final long[] orderHashes;
    private final long[] bytes;
    private final Map<String, Integer> stratumIds = new HashMap<>();
    private final Map<String, Integer> classIds = new HashMap<>();
    private final List<String> classNames = new ArrayList<>();
    private int[] jobStarts = new int[16];
    private int jobs;
    private String job = "";

    Reading(ExportRequest request, int count) {
      this.request = request;
      this.byJob = request.splits().unit() == Unit.JOB;
      this.splitHash = new SeededHash(request.splits().seed());
      this.orderHash = request.shuffle() == null ? null : new SeededHash(request.shuffle());
      this.strata = new int[count];
      this.classes = new int[count];
      this.splitHashes = new long[count];
      this.orderHashes = new long[count];
      this.bytes = new long[count];
    }

    void take(int row, DatasetRow read) {
      ImageRecord record = read.record();
      if (row == 0 || !record.getJobId().equals(job)) {
        job = record.getJobId();
        jobStarts = jobs == jobStarts.length ? Arrays.copyOf(jobStarts, 2 * jobs) : jobStarts;
        jobStarts[jobs++] = row;
      }
      bytes[row] = record.getFileBytes();
      splitHashes[row] = byJob ? splitHash.of(job) : splitHash.of(job, record.getImageIndex());
      if (orderHash != null) {
        orderHashes[row] = orderHash.of(job, record.getImageIndex());
      }
      strata[row] = stratum(record);
      classes[row] = classOf(record);
    }

    private int stratum(ImageRecord record) {
      String label = request.splits().stratify();
      Object value = label == null ? null : record.getLabels().get(label);
      return stratumIds.computeIfAbsent(String.valueOf(value), v -> stratumIds.size());
    }

    private int classOf(ImageRecord record) {
      String label = request.classLabel();
      if (label == null || !request.hasClassFolders()) {
        return NONE;
      }
      Object value = record.getLabels().get(label);
      if (value == null) {
        return NONE;
      }
      return classIds.computeIfAbsent(
          value.toString(),
          name -> {
            classNames.add(name);
            return classNames.size() - 1;
          });
    }
  }
}
