package io.chitra.cli.submit;

import io.chitra.job.JobDefaults;
import io.chitra.job.JobFile;
import io.chitra.job.JobLimits;
import io.chitra.job.Line;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the jobs of a run come from: a file, standard input, or one prompt. Can be read as often as
 * needed: what can only be read once (a pipe) is kept in a temporary file until this is closed.
 */
public final class JobSource implements Closeable {

  private static final int LONGEST_NAME = 128;

  private final String name;
  private final String datasetName;
  private final Path folder;
  private final Opener opener;
  private final @Nullable Path copy;

  private JobSource(
      String name, String datasetName, Path folder, Opener opener, @Nullable Path copy) {
    this.name = name;
    this.datasetName = datasetName;
    this.folder = folder;
    this.opener = opener;
    this.copy = copy;
  }

  /** One reading of the jobs. */
  interface Lines extends Closeable {
    /** The next line; null at the end. */
    @Nullable Line next() throws IOException;
  }

  private interface Opener {
    Lines open(JobDefaults defaults, JobLimits limits) throws IOException;
  }

  /**
   * A job file.
   *
   * @param format how it is written; empty goes by its extension
   * @throws IOException when it cannot be read, with a message for a person
   */
  public static JobSource file(Path file, Optional<JobFile.Format> format) throws IOException {
    JobFile.Format written = format.orElseGet(() -> JobFile.Format.of(file));
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    String dataset = datasetName(String.valueOf(file.getFileName()));
    if (!Files.exists(file) || Files.isDirectory(file) || Files.isRegularFile(file)) {
      Opener opener = (defaults, limits) -> lines(JobFile.open(file, written, defaults, limits));
      opener.open(JobDefaults.NONE, JobLimits.defaults()).close();
      return new JobSource(file.toString(), dataset, folder, opener, null);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return stream(file.toString(), dataset, in, written);
    }
  }

  /** Jobs from standard input, read to its end here. */
  public static JobSource standardInput(InputStream in, Optional<JobFile.Format> format)
      throws IOException {
    return stream("stdin", "stdin", in, format.orElse(JobFile.Format.JSON_LINES));
  }

  private static JobSource stream(
      String name, String dataset, InputStream in, JobFile.Format format) throws IOException {
    Path copy = Files.createTempFile("chitra-jobs-", ".tmp");
    Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    Opener opener =
        (defaults, limits) ->
            lines(JobFile.read(name, Files.newInputStream(copy), format, defaults, limits));
    return new JobSource(name, dataset, Path.of("").toAbsolutePath(), opener, copy);
  }

  /** One job, without a file. */
  public static JobSource prompt(String prompt) {
    Opener opener =
        (defaults, limits) -> new OneLine(JobFile.single("--prompt", prompt, defaults, limits));
    return new JobSource("--prompt", "prompt", Path.of("").toAbsolutePath(), opener, null);
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /** The dataset that jobs belong to unless something else is said. */
  public String datasetName() {
    return datasetName;
  }

  /** The folder that relative paths in it start from. */
  public Path folder() {
    return folder;
  }

  Lines open(JobDefaults defaults, JobLimits limits) throws IOException {
    return opener.open(defaults, limits);
  }

  /** A file's name as a dataset's: without extension, other characters as dashes. */
  static String datasetName(String fileName) {
    int dot = fileName.indexOf('.', 1);
    String stem = dot < 0 ? fileName : fileName.substring(0, dot);
    String safe = stem.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[-.]+|[-.]+$", "");
    return safe.isEmpty() ? "dataset" : safe.substring(0, Math.min(safe.length(), LONGEST_NAME));
  }

  private static Lines lines(JobFile file) {
    return new Lines() {
      @Override
      public @Nullable Line next() throws IOException {
        return file.next();
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    if (copy != null) {
      Files.deleteIfExists(copy);
    }
  }

  /** A single line. */
  private static final class OneLine implements Lines {
    private @Nullable Line line;

    OneLine(Line line) {
      this.line = line;
    }

    @Override
    public @Nullable Line next() {
      Line next = line;
      line = null;
      return next;
    }

    @Override
    public void close() {}
  }
}
