package io.chitra.job;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a job file as a stream, line by line, each of them a job or a refusal. Never holds more
 * than one line, and of a line never more than {@link #MAX_LINE_BYTES}; what it keeps of lines past
 * is their ids. For one thread; close it when done.
 *
 * <p>A line that names no id gets one from its content: from the values that it gives itself, in
 * whatever order and spelling, and not from those of the command line. So the same file is the same
 * jobs.
 */
public final class JobFile implements Closeable {

  /** The seed that stands for a random one, drawn while the file is read. */
  public static final long RANDOM_SEED = -1;

  /** The longest line, or CSV record. */
  public static final int MAX_LINE_BYTES = 1 << 20;

  /** How the jobs are written down. */
  public enum Format {
    /** One JSON object a line. */
    JSON_LINES,
    /** A header line with the names of the fields, then a record a job. */
    CSV;

    /** By the file's extension: CSV for {@code .csv}, JSON Lines for everything else. */
    public static Format of(Path file) {
      return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv") ? CSV : JSON_LINES;
    }
  }

  private final LineReader lines;
  private final Rows rows;
  private final JobLines jobs;

  private JobFile(LineReader lines, Rows rows, JobLines jobs) {
    this.lines = lines;
    this.rows = rows;
    this.jobs = jobs;
  }

  /**
   * Opens a file; messages name it as the path was given.
   *
   * @throws IOException when it cannot be read, with a message for the user
   */
  public static JobFile open(Path file, Format format, JobDefaults defaults, JobLimits limits)
      throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("Cannot read the job file " + file + ": it is a folder");
    }
    try {
      return read(file.toString(), Files.newInputStream(file), format, defaults, limits);
    } catch (NoSuchFileException e) {
      throw new IOException("Cannot read the job file " + file + ": there is no such file", e);
    }
  }

  /** Reads a stream; messages call it by the given name. Closing the job file closes it. */
  public static JobFile read(
      String name, InputStream in, Format format, JobDefaults defaults, JobLimits limits)
      throws IOException {
    JobLines jobs = new JobLines(name, defaults.given(), limits, new SecureRandom());
    return switch (format) {
      case JSON_LINES ->
          new JobFile(
              new LineReader(in, LineReader.Quoting.NONE, MAX_LINE_BYTES), new JsonRows(), jobs);
      case CSV ->
          new JobFile(
              new LineReader(in, LineReader.Quoting.CSV, MAX_LINE_BYTES), new CsvRows(), jobs);
    };
  }

  /**
   * A single job without a file: a prompt, and the rest from the command line. Its id is a digest
   * of all of it.
   *
   * @param name what messages call it instead of a file
   */
  public static Line single(String name, String prompt, JobDefaults defaults, JobLimits limits) {
    Row row = new Row(defaults.given().put(Field.PROMPT, prompt));
    return new JobLines(name, new GivenFields(), limits, new SecureRandom()).line(1, row);
  }

  /** The next line that is not blank; null at the end of the file. */
  public @Nullable Line next() throws IOException {
    while (!rows.spoilt()) {
      LineReader.RawLine raw = lines.next();
      if (raw == null) {
        return null;
      }
      if (raw.problem() != null) {
        rows.unreadable();
        return jobs.bad(raw.line(), List.of(raw.problem()));
      }
      Row row = rows.read(raw.text());
      if (row != null && rows.spoilt()) {
        return jobs.bad(raw.line(), row.problems());
      }
      if (row != null) {
        return jobs.line(raw.line(), row);
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
