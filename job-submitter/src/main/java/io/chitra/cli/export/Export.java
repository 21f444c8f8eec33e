package io.chitra.cli.export;

import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.TopicScan;
import io.chitra.dataset.Rows;
import io.chitra.dataset.pack.ShardReport;
import io.chitra.dataset.plan.ContentId;
import io.chitra.dataset.plan.ExportRequest;
import io.chitra.dataset.plan.Judged;
import io.chitra.dataset.plan.Pieces;
import io.chitra.dataset.plan.Pin;
import io.chitra.dataset.plan.Plan;
import io.chitra.dataset.plan.PlanException;
import io.chitra.dataset.plan.PlannedShard;
import io.chitra.dataset.plan.Planner;
import io.chitra.dataset.plan.Planner.Origin;
import io.chitra.dataset.plan.RowSpool;
import io.chitra.dataset.plan.Standing;
import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.publish.DatasetFacts;
import io.chitra.dataset.publish.Manifest;
import io.chitra.dataset.publish.Publication;
import io.chitra.dataset.target.Target;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * One export of a dataset, from its rows in Kafka to its manifest at the target.
 *
 * <p>The plan is pinned at the target before the first byte of the dataset, and a run that finds
 * the plan of the same request goes on with it, whatever has come to the topics since; also while
 * the one that has pinned it still runs. What is heavy runs on a cluster; this only plans and
 * publishes.
 *
 * <p>Life cycle: one {@link #run}. Used by one thread; target, store and folder stay the caller's.
 */
public final class Export {

  private final ExportRequest request;
  private final Options options;
  private final Target target;
  private final KafkaCluster kafka;
  private final ObjectStore objects;
  private final Path scratch;
  private final Listener listener;

  /** What may be done with what is there. */
  public enum Permission {
    /** Pictures that have not ended yet may be missing. */
    PARTIAL,
    /** Another version, or the plan of one, may be replaced. */
    REPLACE
  }

  /**
   * How an export is done; none of it shows in the dataset.
   *
   * @param program this one, with its version
   * @param permissions what the caller allows
   * @param upTo the last thing to do
   */
  public record Options(String program, Set<Permission> permissions, Step upTo) {}

  /** The steps that an export may end with. */
  public enum Step {
    /** The plan is pinned; somebody else packs. */
    PLAN,
    /** The dataset is published. */
    PUBLISH
  }

  /** What became of an export. */
  public sealed interface Outcome {

    /** It is published, by this run or by an earlier one. */
    record Published(Manifest manifest, How how) implements Outcome {}

    /**
     * It waits for a cluster.
     *
     * @param pictures that it has
     * @param tasks that they are cut to
     */
    record Planned(long pictures, int tasks) implements Outcome {}
  }

  /** Whose work a published dataset is. */
  public enum How {
    /** It was made by this run. */
    MADE,
    /** An earlier run had begun it. */
    FINISHED,
    /** It was there. */
    FOUND
  }

  /** Is told what goes on, and does what this does not do itself. By one thread. */
  public interface Listener extends TopicScan.Listener {

    /** So many rows of the plan are written. */
    void planned(long rows, long of);

    /** Looks at all pieces of rows that lie at the target. */
    void look(Pieces pieces) throws ExportException, InterruptedException;

    /** Packs all shards of the plan that lies at the target. */
    void pack(Plan plan) throws ExportException, InterruptedException;
  }

  /**
   * @param scratch a folder for files on the way
   */
  public Export(
      ExportRequest request,
      Options options,
      Target target,
      KafkaCluster kafka,
      ObjectStore objects,
      Path scratch,
      Listener listener) {
    this.request = request;
    this.options = options;
    this.target = target;
    this.kafka = kafka;
    this.objects = objects;
    this.scratch = scratch;
    this.listener = listener;
  }

  /**
   * Exports. Blocks for as long as it takes.
   *
   * @throws ExportException when the dataset cannot be exported as asked, with the reason and the
   *     way out
   */
  public Outcome run() throws ExportException, TopicException, IOException, InterruptedException {
    Optional<Pin> pinned = Workbench.pinned(target);
    if (pinned.isEmpty() || (!isOfThis(pinned.get()) && may(Permission.REPLACE))) {
      return begin(pinned);
    }
    return join(pinned.get(), How.FINISHED);
  }

  /** Goes on with what somebody has pinned, where that is what is asked for. */
  private Outcome join(Pin pinned, How how)
      throws ExportException, IOException, InterruptedException {
    if (!isOfThis(pinned)) {
      throw unfinished(pinned);
    }
    return goOn(pinned, how);
  }

  private boolean may(Permission what) {
    return options.permissions().contains(what);
  }

  private boolean isOfThis(Pin pin) {
    return pin.request().equals(request) && pin.program().equals(options.program());
  }

  private ExportException unfinished(Pin other) {
    return new ExportException(
        other.request().equals(request)
            ? "Cannot go on with the export to %s: %s began it, and this is %s; go on with that, or begin anew with --replace"
                .formatted(target, other.program(), options.program())
            : "Cannot export to %s: another export goes on there, or was stopped; run it again to end it (%s), or begin anew with --replace"
                .formatted(target, Again.command(other.request())));
  }

  /**
   * Pins the rows, unless somebody is faster, and goes on with those that are pinned.
   *
   * @param replaced another that is unfinished there
   */
  private Outcome begin(Optional<Pin> replaced)
      throws ExportException, TopicException, IOException, InterruptedException {
    try (DatasetRows rows =
        DatasetRows.read(
            kafka, new StoredSchemas(objects), request.dataset(), job -> true, scratch, listener)) {
      check(rows);
      String content = ContentId.of(request, rows);
      Optional<Outcome> somebodys = somebodys(content, replaced);
      if (somebodys.isPresent()) {
        return somebodys.get();
      }
      Optional<Manifest> published = Publication.published(target);
      try {
        requireRoom(published, replaced);
      } catch (ExportException e) {
        return somebodys(content, replaced).orElseThrow(() -> e); // what lies there may be new
      }
      Pin own = Pin.of(options.program(), content, request);
      Workbench bench = new Workbench(target, own);
      Origin origin =
          new Origin(
              options.program(), content, rows.ends(), standing(rows.census()), Judged.NOTHING);
      if (request.gates() == null) {
        plan(bench, rows, origin);
      } else {
        bench.putPieces(request, rows, origin, scratch);
      }
      Pin pinned = replaced.isPresent() ? bench.pinInstead() : bench.pin();
      if (replaced.isPresent()) {
        new Workbench(target, replaced.get()).clear();
      }
      if (!pinned.equals(own)) {
        bench.clear();
        return join(pinned, How.MADE);
      }
      Optional<Manifest> meanwhile = Publication.published(target);
      if (!meanwhile.equals(published) && !isOf(meanwhile, content)) {
        bench.clear(); // somebody has begun and ended since: its pin stood in no way
        requireRoom(meanwhile, replaced);
        throw new ExportException(
            "Cannot export to %s: another export has ended there meanwhile; run it again"
                .formatted(target));
      }
      return goOn(own, How.MADE);
    }
  }

  /** What has come of another run since this one began to read. */
  private Optional<Outcome> somebodys(String content, Optional<Pin> replaced)
      throws ExportException, IOException, InterruptedException {
    Optional<Pin> pinned = Workbench.pinned(target);
    if (pinned.isPresent() && !pinned.equals(replaced)) {
      return Optional.of(join(pinned.get(), How.MADE));
    }
    Optional<Manifest> published = Publication.published(target);
    return isOf(published, content)
        ? Optional.of(new Outcome.Published(published.orElseThrow(), How.FOUND))
        : Optional.empty();
  }

  private static boolean isOf(Optional<Manifest> published, String content) {
    return published.filter(manifest -> manifest.facts().request().equals(content)).isPresent();
  }

  private void check(DatasetRows rows) throws ExportException {
    DatasetRows.Census census = rows.census();
    if (census.asked() == 0) {
      throw new ExportException(
          "Cannot export dataset %s: no job is in it; chitra status lists the datasets"
              .formatted(request.dataset()));
    }
    if (census.open() > 0 && !may(Permission.PARTIAL)) {
      throw new ExportException(
          "Cannot export dataset %s: %d of its %d pictures have not ended; wait for them (chitra status --dataset %s), or leave them out with --partial"
              .formatted(request.dataset(), census.open(), census.asked(), request.dataset()));
    }
    if (rows.size() == 0) {
      throw new ExportException(
          "Cannot export dataset %s: none of its %d pictures was made; chitra dead-letters list says why"
              .formatted(request.dataset(), census.asked()));
    }
  }

  /** Makes sure that what lies at the target may be replaced, or that nothing does. */
  private void requireRoom(Optional<Manifest> published, Optional<Pin> replaced)
      throws ExportException, IOException {
    if (published.isPresent() && !may(Permission.REPLACE)) {
      throw new ExportException(
          "Cannot export to %s: another version is published there, of dataset %s with %d pictures; choose another place, or replace it with --replace"
              .formatted(target, published.get().facts().dataset(), published.get().rows()));
    }
    if (published.isEmpty() && replaced.isEmpty()) {
      for (String name : target.list("")) {
        if (!name.startsWith(Workbench.FOLDER)) {
          throw new ExportException(
              "Cannot export to %s: it holds other things (%s, ...), which readers would take for the dataset's; choose an empty place"
                  .formatted(target, name));
        }
      }
    }
  }

  private static Standing standing(DatasetRows.Census census) {
    return new Standing(
        census.jobs(),
        census.asked(),
        census.made(),
        census.failed(),
        census.cancelled(),
        census.open());
  }

  /**
   * Goes on with what is pinned, which another run may do as well, or have done: where that was
   * faster, this one has nothing left to do.
   */
  private Outcome goOn(Pin pin, How how) throws ExportException, IOException, InterruptedException {
    Workbench bench = new Workbench(target, pin);
    try {
      Optional<Outcome> ended = ended(bench, pin.content(), Publication.published(target), how);
      return ended.isPresent() ? ended.get() : advance(bench, how);
    } catch (Judging.RefusedException e) {
      throw e;
    } catch (IOException | UncheckedIOException | ExportException e) {
      Optional<Outcome> ended = ended(bench, pin.content(), Publication.published(target), how);
      if (ended.isPresent()) {
        return ended.get();
      }
      if (!bench.isPinned()) {
        throw new ExportException(
            "Cannot go on with the export to %s: another run has given it up, or begun anew there with --replace; run it again when that has ended"
                .formatted(target),
            e);
      }
      throw e;
    }
  }

  /** What is published there, when it is what this work was for, by whichever run. */
  private static Optional<Outcome> ended(
      Workbench bench, String content, Optional<Manifest> published, How how) throws IOException {
    if (!isOf(published, content)) {
      return Optional.empty();
    }
    bench.clear();
    return Optional.of(new Outcome.Published(published.orElseThrow(), how));
  }

  private Outcome advance(Workbench bench, How how)
      throws ExportException, IOException, InterruptedException {
    Optional<Plan> plan = bench.plan();
    if (plan.isPresent()) {
      return finish(bench, plan.get(), how);
    }
    Optional<Pieces> pieces = bench.pieces();
    if (pieces.isEmpty()) {
      throw new ExportException(
          "Cannot go on with the export to %s: what it had begun is gone; begin anew with --replace"
              .formatted(target));
    }
    return look(bench, pieces.get(), how);
  }

  /** Has the pictures looked at, judges them, and goes on with those that stay. */
  private Outcome look(Workbench bench, Pieces pieces, How how)
      throws ExportException, IOException, InterruptedException {
    if (options.upTo() == Step.PLAN && !looked(bench, pieces)) {
      return new Outcome.Planned(pieces.rows(), pieces.count());
    }
    listener.look(pieces);
    try (RowSpool kept = RowSpool.open(scratch)) {
      Judged judged = Judging.judge(pieces, bench, kept, scratch);
      Origin origin =
          new Origin(pieces.program(), pieces.content(), pieces.ends(), pieces.standing(), judged);
      return finish(bench, plan(bench, kept, origin), how);
    }
  }

  private static boolean looked(Workbench bench, Pieces pieces) throws IOException {
    for (int piece = 0; piece < pieces.count(); piece++) {
      if (!bench.hasLooks(piece)) {
        return false;
      }
    }
    return true;
  }

  private Plan plan(Workbench bench, Rows rows, Origin origin) throws ExportException, IOException {
    try {
      return new Planner(request, rows).plan(origin, bench, scratch, listener::planned);
    } catch (PlanException e) {
      throw new ExportException(String.valueOf(e.getMessage()), e);
    }
  }

  private Outcome finish(Workbench bench, Plan plan, How how)
      throws ExportException, IOException, InterruptedException {
    if (options.upTo() == Step.PLAN) {
      return new Outcome.Planned(plan.rows(), plan.shards().size());
    }
    Optional<Manifest> published = Publication.published(target);
    Optional<Outcome> ended = ended(bench, plan.content(), published, how);
    if (ended.isPresent()) {
      return ended.get();
    }
    if (published.isPresent()) {
      bench.requirePinned();
      Publication.withdraw(target);
    }
    listener.pack(plan);
    Iterable<ShardReport> reports = () -> reports(bench, plan);
    bench.requirePinned();
    Manifest manifest =
        Publication.publish(
            target, plan.settings(), facts(plan, reports), reports, plan.judged().files());
    return new Outcome.Published(manifest, how);
  }

  private static Iterator<ShardReport> reports(Workbench bench, Plan plan) {
    return plan.shards().stream().map(shard -> report(bench, shard)).iterator();
  }

  private static ShardReport report(Workbench bench, PlannedShard shard) {
    try {
      return bench
          .done(shard.id(), ShardReport.class)
          .orElseThrow(
              () ->
                  new IOException(
                      "shard %d is said to be packed and is not".formatted(shard.id())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DatasetFacts facts(Plan plan, Iterable<ShardReport> reports) {
    Standing standing = plan.standing();
    return new DatasetFacts(
        request.dataset(),
        plan.content(),
        Again.command(request),
        plan.program(),
        new DatasetFacts.Pictures(
            standing.asked(),
            standing.failed(),
            standing.cancelled(),
            standing.open(),
            plan.judged().dropped()),
        plan.ends(),
        plan.judged().gates(),
        Licences.of(reports, objects));
  }
}
