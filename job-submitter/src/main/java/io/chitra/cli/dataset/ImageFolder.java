package io.chitra.cli.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * Writes a dataset as a folder that Hugging Face's {@code imagefolder} reads: the pictures, and one
 * row of metadata each in {@code metadata.jsonl}, in the order of the job file. Rows are added as
 * they come, in any order; their pictures are fetched meanwhile. {@link #finish} then writes the
 * metadata, whole, and removes what an earlier run had there and this one has not.
 *
 * <p>Life cycle: {@link #open}, {@link #add} for every picture, {@link #finish}, {@link #close};
 * all by one thread. Until the first row is added, an earlier dataset in the folder is left as it
 * is.
 */
public final class ImageFolder implements AutoCloseable {

  static final String METADATA = "metadata.jsonl";
  static final String CONTACT_SHEET = "contact-sheet.png";

  private static final Pattern PICTURE =
      Pattern.compile(".*\\.(png|jpg|jpeg|webp|gif|bmp|tif|tiff)");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final EarlierRun earlier;
  private final RowSpool rows;
  private final Downloads downloads;
  private final Metadata metadata = new Metadata();
  private boolean started;

  /**
   * A picture of the finished dataset.
   *
   * @param position its place in the dataset
   */
  public record Entry(int position, Path file, String jobId, int index, String prompt) {}

  /**
   * What has been written.
   *
   * @param rows how many pictures with their rows
   * @param lost pictures whose file could not be fetched
   * @param firstLoss why not, of the first of them
   * @param removed files of an earlier run that were removed
   * @param foreign other pictures that lie in the folder
   */
  public record Written(int rows, int lost, Optional<String> firstLoss, int removed, int foreign) {}

  private ImageFolder(Path folder, EarlierRun earlier, RowSpool rows, Downloads downloads) {
    this.folder = folder;
    this.earlier = earlier;
    this.rows = rows;
    this.downloads = downloads;
  }

  /**
   * Makes the folder where it is missing, and takes it for this run.
   *
   * @throws DatasetException when it cannot be written, another run writes there, or its metadata
   *     is not Chitra's
   */
  public static ImageFolder open(Path folder, PictureSource pictures) throws DatasetException {
    try {
      Files.createDirectories(folder);
      EarlierRun earlier = new EarlierRun(folder);
      return new ImageFolder(folder, earlier, RowSpool.open(folder), new Downloads(pictures));
    } catch (IOException e) {
      throw new DatasetException(
          "Cannot write the dataset to %s: %s".formatted(folder, reason(e)), e);
    }
  }

  /** Where the contact sheet of the dataset belongs. */
  public Path contactSheet() {
    return folder.resolve(CONTACT_SHEET);
  }

  /**
   * Adds the picture at a position of the dataset, and starts to fetch it; waits while many are
   * being fetched.
   *
   * @param value the record as it lies in the topic, at {@code partition} and {@code offset}
   */
  public void add(int position, int partition, long offset, byte[] value, ImageRecord row)
      throws DatasetException, InterruptedException {
    try {
      if (!started) {
        earlier.setAside();
        started = true;
      }
      rows.put(position, new RowSpool.Row(partition, offset, value));
      metadata.see(position, row);
      Path file = file(position, row);
      Files.createDirectories(file.getParent());
      downloads.start(position, row.getObjectKey(), row.getFileSha256(), file);
    } catch (IOException e) {
      throw new DatasetException(
          "Cannot write the dataset to %s: %s".formatted(folder, reason(e)), e);
    }
  }

  /** Waits for the pictures, writes the metadata, and removes what is left of an earlier run. */
  public Written finish() throws DatasetException, InterruptedException {
    downloads.await();
    try {
      int written = writeMetadata();
      int removed = 0;
      if (started) {
        removed = earlier.removeAllBut(new FilesOfOneFolder());
      }
      Files.move(
          part(),
          folder.resolve(METADATA),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
      earlier.forget();
      return new Written(
          written, downloads.failures(), downloads.firstFailure(), removed, pictures() - written);
    } catch (IOException e) {
      throw new DatasetException(
          "Cannot write the dataset to %s: %s".formatted(folder, reason(e)), e);
    }
  }

  /** The finished picture at a position, if there is one. */
  public Optional<Entry> entry(int position) throws DatasetException {
    try {
      Optional<RowSpool.Row> row = row(position);
      if (row.isEmpty()) {
        return Optional.empty();
      }
      ImageRecord image = decode(row.get());
      return Optional.of(
          new Entry(
              position,
              file(position, image),
              image.getJobId(),
              image.getImageIndex(),
              image.getPrompt()));
    } catch (IOException e) {
      throw new DatasetException(
          "Cannot read the dataset in %s: %s".formatted(folder, reason(e)), e);
    }
  }

  /** One more than the highest position of the dataset. */
  public int positions() throws DatasetException {
    try {
      return rows.positions();
    } catch (IOException e) {
      throw new DatasetException(
          "Cannot read the dataset in %s: %s".formatted(folder, reason(e)), e);
    }
  }

  private int writeMetadata() throws IOException {
    int written = 0;
    SortedSet<Integer> head = metadata.head();
    try (JsonGenerator json =
        JSON.createGenerator(Files.newBufferedWriter(part()))
            .setRootValueSeparator(new SerializedString("\n"))) {
      for (int position : head) {
        written += writeRow(json, position);
      }
      int positions = rows.positions();
      for (int position = 0; position < positions; position++) {
        written += head.contains(position) ? 0 : writeRow(json, position);
      }
      json.writeRaw(written > 0 ? "\n" : "");
    }
    return written;
  }

  private int writeRow(JsonGenerator json, int position) throws IOException {
    Optional<RowSpool.Row> row = row(position);
    if (row.isEmpty()) {
      return 0;
    }
    ImageRecord image = decode(row.get());
    metadata.write(json, relative(position, image), row.get(), image);
    return 1;
  }

  private Optional<RowSpool.Row> row(int position) throws IOException {
    return downloads.failed(position) ? Optional.empty() : rows.at(position);
  }

  private static ImageRecord decode(RowSpool.Row row) throws IOException {
    try {
      return Codec.imageRecords().decode(row.value());
    } catch (BadRecordException e) {
      throw new IOException("a row that was read before cannot be read again", e);
    }
  }

  private Path part() {
    return folder.resolve("." + METADATA + ".part");
  }

  private Path file(int position, ImageRecord row) {
    return folder.resolve(relative(position, row));
  }

  private static String relative(int position, ImageRecord row) {
    return PictureFiles.path(position, row.getJobId(), row.getImageIndex(), row.getContentType());
  }

  /** How many pictures lie in the folder that a reader would see, but for the contact sheet. */
  private int pictures() throws IOException {
    PictureCount count = new PictureCount();
    Files.walkFileTree(folder, count);
    return count.pictures;
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null
        ? e.getClass().getSimpleName()
        : e.getClass().getSimpleName() + " " + message;
  }

  @Override
  public void close() throws DatasetException {
    downloads.close();
    try {
      rows.close();
    } catch (IOException e) {
      throw new DatasetException("Cannot clear up in %s: %s".formatted(folder, reason(e)), e);
    }
  }

  /** Knows the files of one numbered folder at a time; earlier rows come folder by folder. */
  private final class FilesOfOneFolder implements EarlierRun.NewFiles {
    private final Set<String> paths = new HashSet<>();
    private int loaded = -1;

    @Override
    public boolean contain(int number, String path) throws IOException {
      if (number != loaded) {
        paths.clear();
        long end = Math.min(rows.positions(), (number + 1L) * PictureFiles.PER_FOLDER);
        for (long at = (long) number * PictureFiles.PER_FOLDER; at < end; at++) {
          int position = (int) at;
          Optional<RowSpool.Row> row = row(position);
          if (row.isPresent()) {
            paths.add(relative(position, decode(row.get())));
          }
        }
        loaded = number;
      }
      return paths.contains(path);
    }
  }

  private final class PictureCount extends SimpleFileVisitor<Path> {
    private int pictures;

    @Override
    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
      return dir.getFileName() != null
              && dir.getFileName().toString().startsWith(".")
              && !dir.equals(folder)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (PICTURE.matcher(name).matches()
          && !name.startsWith(".")
          && !file.equals(contactSheet())) {
        pictures++;
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
