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
 *   .chitra/pinned.json              whose work counts; see {@link Pin}
 *   .chitra/WORK/rows/00003.avro     a piece of the rows, where somebody is to look at the pictures
 *   .chitra/WORK/rows.json           how many pieces there are; put after them
 *   .chitra/WORK/looks/00003.avro    a piece that was looked at
 *   .chitra/WORK/looks/facts.json    what looked
 *   .chitra/WORK/plan/00003.avro     the rows of a shard
 *   .chitra/WORK/plan.json           the plan; put last, so that it is there whole or not at all
 *   .chitra/WORK/done/00003.json     a shard that is packed
 * </pre>
 *
 * <p>Work is pinned when its rows or its plan are there, with a put that only the first one
 * succeeds with. Who works on it looks at the pin again before putting anything for good.
 *
 * <p>Safe for use by several threads and processes; the target stays the caller's.
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

  private static final String PINNED = FOLDER + "pinned.json";
  private static final String PIECES = "rows.json";
  private static final String PIECE_ROWS = "rows/";
  private static final String LOOKS = "looks/";
  private static final String LOOK_FACTS = LOOKS + "facts.json";
  private static final String PLAN = "plan.json";
  private static final String PLAN_ROWS = "plan/";
  private static final String DONE = "done/";
  private static final String JSON_TYPE = "application/json";

  private final Target target;
  private final Pin pin;
  private final String work;

  /** The work of an export, pinned or not yet. */
  public Workbench(Target target, Pin pin) {
    this.target = target;
    this.pin = pin;
    this.work = FOLDER + pin.work() + "/";
  }

  /** The export that goes on at a target. */
  public static Optional<Pin> pinned(Target target) throws IOException {
    return read(target, PINNED, Pin.class);
  }

  /** The work of the export that goes on at a target. */
  public static Optional<Workbench> open(Target target) throws IOException {
    return pinned(target).map(pin -> new Workbench(target, pin));
  }

  /**
   * Pins the work, unless another is pinned.
   *
   * @return what is pinned now
   */
  public Pin pin() throws IOException {
    target.putIfAbsent(PINNED, JSON.writeValueAsBytes(pin), JSON_TYPE);
    return pinned(target).orElse(pin); // where it has ended already, its runs find that
  }

  /**
   * Pins the work in place of what is pinned, whose runs stop when they look next.
   *
   * @return what is pinned now
   */
  public Pin pinInstead() throws IOException {
    write(target, PINNED, pin);
    return pinned(target).orElse(pin);
  }

  /** Whether this work is pinned. */
  public boolean isPinned() throws IOException {
    return pinned(target).filter(pin::equals).isPresent();
  }

  /**
   * Makes sure that this work is pinned.
   *
   * @throws NotPinnedException when it is not, any more
   */
  public void requirePinned() throws IOException {
    if (!isPinned()) {
      throw new NotPinnedException(target);
    }
  }

  /** The plan, if there is one. */
  public Optional<Plan> plan() throws IOException {
    return read(PLAN, Plan.class);
  }

  /** Puts the plan; its shards' rows are there. */
  void put(Plan plan) throws IOException {
    write(PLAN, plan);
  }

  /** Puts the rows of a shard. */
  void putRows(int shard, Iterator<DatasetRow> rows, Path folder) throws IOException {
    put(name(PLAN_ROWS, shard, ".avro"), rows, folder);
  }

  /** The rows of a shard, one at a time; fails with {@link java.io.UncheckedIOException} then. */
  public Iterator<DatasetRow> rows(int shard) throws IOException {
    return RowCodec.read(target.read(work + name(PLAN_ROWS, shard, ".avro")));
  }

  /** The pieces that are to be looked at, if there are any. */
  public Optional<Pieces> pieces() throws IOException {
    return read(PIECES, Pieces.class);
  }

  /**
   * Cuts rows to pieces that are to be looked at, and puts them.
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
    return RowCodec.read(target.read(work + name(PIECE_ROWS, number, ".avro")));
  }

  /** Whether a piece has been looked at. */
  public boolean hasLooks(int piece) throws IOException {
    return target.size(work + name(LOOKS, piece, ".avro")).isPresent();
  }

  /** The rows of a piece with their looks. */
  public Iterator<DatasetRow> looks(int piece) throws IOException {
    return RowCodec.read(target.read(work + name(LOOKS, piece, ".avro")));
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
    return read(LOOK_FACTS, LookFacts.class)
        .orElseThrow(() -> new NoSuchFileException(work + LOOK_FACTS));
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

  /** Removes this work, and its pin before it. */
  public void clear() throws IOException {
    if (isPinned()) {
      target.delete(PINNED);
    }
    for (String name : target.list(work)) {
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
      target.put(work + name, file, RowCodec.CONTENT_TYPE);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static String name(String folder, int number, String suffix) {
    return "%s%05d%s".formatted(folder, number, suffix);
  }

  private <T> Optional<T> read(String name, Class<T> type) throws IOException {
    return read(target, work + name, type);
  }

  private static <T> Optional<T> read(Target target, String name, Class<T> type)
      throws IOException {
    try {
      return Optional.of(JSON.readValue(target.read(name), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void write(String name, Object value) throws IOException {
    write(target, work + name, value);
  }

  private static void write(Target target, String name, Object value) throws IOException {
    target.put(name, JSON.writeValueAsBytes(value), JSON_TYPE);
  }
}
