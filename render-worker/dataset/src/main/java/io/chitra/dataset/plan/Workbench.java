package io.chitra.dataset.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import io.chitra.dataset.look.LookFacts;
import io.chitra.dataset.target.Target;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What lies under {@code .chitra/} beside a dataset while it is made, and is gone when it is
 * published:
 *
 * <pre>
 *   .chitra/rows/00003.avro   a piece of the rows, where somebody is to look at the pictures
 *   .chitra/rows.json         how many pieces there are; put after them
 *   .chitra/looks/00003.avro  a piece that was looked at
 *   .chitra/looks/facts.json  what looked
 *   .chitra/plan/00003.avro   the rows of a shard
 *   .chitra/plan.json         the plan; put last, so that a plan is there whole or not at all
 *   .chitra/done/00003.json   a shard that is packed
 * </pre>
 *
 * <p>Safe for use by several threads; the target stays the caller's.
 */
public final class Workbench {

  /** Where all of it lies. */
  public static final String FOLDER = Target.WORK;

  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .build();

  private static final String PIECES = FOLDER + "rows.json";
  private static final String PIECE_ROWS = FOLDER + "rows/";
  private static final String LOOKS = FOLDER + "looks/";
  private static final String LOOK_FACTS = LOOKS + "facts.json";
  private static final String PLAN = FOLDER + "plan.json";
  private static final String PLAN_ROWS = FOLDER + "plan/";
  private static final String DONE = FOLDER + "done/";
  private static final String JSON_TYPE = "application/json";

  private final Target target;

  public Workbench(Target target) {
    this.target = target;
  }

  /** The plan, if there is one. */
  public Optional<Plan> plan() throws IOException {
    return read(PLAN, Plan.class);
  }

  /** Pins the plan; its shards' rows are there. */
  void put(Plan plan) throws IOException {
    write(PLAN, plan);
  }

  /** Puts the rows of a shard. */
  void putRows(int shard, Iterator<DatasetRow> rows, Path folder) throws IOException {
    put(name(PLAN_ROWS, shard, ".avro"), rows, folder);
  }

  /** The rows of a shard, one at a time; fails with {@link java.io.UncheckedIOException} then. */
  public Iterator<DatasetRow> rows(int shard) throws IOException {
    return RowCodec.read(target.read(name(PLAN_ROWS, shard, ".avro")));
  }

  /** The pieces that are to be looked at, if there are any. */
  public Optional<Pieces> pieces() throws IOException {
    return read(PIECES, Pieces.class);
  }

  /**
   * Cuts rows to pieces that are to be looked at, and pins them.
   *
   * @param folder for files on the way
   */
  public Pieces putPieces(ExportRequest request, Rows rows, Planner.Origin origin, Path folder)
      throws IOException {
    int count = 0;
    long bytes = 0;
    for (long first = 0; first < rows.size(); first += Pieces.ROWS) {
      List<DatasetRow> piece = new ArrayList<>();
      for (long at = first; at < Math.min(first + Pieces.ROWS, rows.size()); at++) {
        DatasetRow row = rows.at(at);
        bytes += row.record().getFileBytes();
        piece.add(row);
      }
      put(name(PIECE_ROWS, count++, ".avro"), piece.iterator(), folder);
    }
    Pieces pieces =
        new Pieces(
            origin.program(),
            origin.content(),
            request,
            origin.ends(),
            origin.standing(),
            count,
            rows.size(),
            bytes);
    write(PIECES, pieces);
    return pieces;
  }

  /** The rows of a piece, likewise. */
  public Iterator<DatasetRow> piece(int number) throws IOException {
    return RowCodec.read(target.read(name(PIECE_ROWS, number, ".avro")));
  }

  /** Whether a piece has been looked at. */
  public boolean hasLooks(int piece) throws IOException {
    return target.size(name(LOOKS, piece, ".avro")).isPresent();
  }

  /** The rows of a piece with their looks. */
  public Iterator<DatasetRow> looks(int piece) throws IOException {
    return RowCodec.read(target.read(name(LOOKS, piece, ".avro")));
  }

  /**
   * Puts the rows of a piece with their looks, and what looked.
   *
   * @param folder for files on the way
   */
  public void putLooks(int piece, List<DatasetRow> rows, LookFacts facts, Path folder)
      throws IOException {
    write(LOOK_FACTS, facts);
    put(name(LOOKS, piece, ".avro"), rows.iterator(), folder);
  }

  /** What looked; the same for all pieces. */
  public LookFacts lookFacts() throws IOException {
    return read(LOOK_FACTS, LookFacts.class).orElseThrow(() -> new NoSuchFileException(LOOK_FACTS));
  }

  /** What a packed shard has told, if it is packed. */
  public <T> Optional<T> done(int shard, Class<T> report) throws IOException {
    return read(name(DONE, shard, ".json"), report);
  }

  /** Says that a shard is packed: all its files are there. */
  public void putDone(int shard, Object report) throws IOException {
    write(name(DONE, shard, ".json"), report);
  }

  /** Puts a file of the dataset itself, which is no shard's. */
  public void putBeside(String name, Path file, String contentType) throws IOException {
    target.put(name, file, contentType);
  }

  /** Removes all of it; what pins first, so that what is left is never taken for a plan. */
  public void clear() throws IOException {
    target.delete(PLAN);
    target.delete(PIECES);
    for (String name : target.list(FOLDER)) {
      target.delete(name);
    }
  }

  private void put(String name, Iterator<DatasetRow> rows, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = Files.createTempFile(folder, "rows", ".avro");
    try {
      try (RowCodec.Writer out =
          RowCodec.writer(new BufferedOutputStream(Files.newOutputStream(file)))) {
        while (rows.hasNext()) {
          out.add(rows.next());
        }
      }
      target.put(name, file, RowCodec.CONTENT_TYPE);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static String name(String folder, int number, String suffix) {
    return "%s%05d%s".formatted(folder, number, suffix);
  }

  private <T> Optional<T> read(String name, Class<T> type) throws IOException {
    try {
      return Optional.of(JSON.readValue(target.read(name), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void write(String name, Object value) throws IOException {
    target.put(name, JSON.writeValueAsBytes(value), JSON_TYPE);
  }
}
