package io.chitra.worker.export;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Sha256;
import io.chitra.dataset.pack.FinishedShard;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.pack.PackedPicture;
import io.chitra.dataset.pack.RegionMask;
import io.chitra.dataset.pack.ShardFile;
import io.chitra.dataset.pack.ShardReport;
import io.chitra.dataset.pack.ShardReport.PutFile;
import io.chitra.dataset.pack.ShardWriter;
import io.chitra.dataset.pack.ShardWriters;
import io.chitra.dataset.plan.PlannedShard;
import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.target.Target;
import io.chitra.schemas.ImageRecord;
import io.chitra.store.FolderTree;
import io.chitra.store.ObjectStore;
import io.chitra.worker.export.Pictures.Fetched;
import io.chitra.worker.export.Pictures.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Packs planned shards: fetches their pictures, writes their files to a local folder, puts these to
 * the target, and last says that the shard is done. A shard that is done is passed over; one that
 * was cut short is made again, with the same bytes.
 *
 * <p>Memory: the pictures that are fetched ahead. Used by one thread; store and target stay the
 * caller's.
 */
public final class ShardPacker {

  private final ObjectStore objects;
  private final Target target;
  private final Workbench bench;
  private final PackSettings settings;
  private final Recoder recoder;
  private final Masks masks;
  private final Window window;
  private final Path scratch;

  /** Is told what has been packed since it was told last. */
  @FunctionalInterface
  public interface Listener {

    /**
     * @param bytes of the pictures as they are stored
     */
    void packed(long pictures, long bytes);
  }

  /**
   * @param scratch where shards are written; made where it is missing
   */
  public ShardPacker(
      ObjectStore objects,
      Target target,
      Workbench bench,
      PackSettings settings,
      Masks masks,
      Window window,
      Path scratch) {
    this.objects = objects;
    this.target = target;
    this.bench = bench;
    this.settings = settings;
    this.recoder = new Recoder(settings.recode());
    this.masks = masks;
    this.window = window;
    this.scratch = scratch;
  }

  /**
   * Packs a shard, unless it is done.
   *
   * @throws DamagedPictureException when a picture is not what its record says
   * @throws io.chitra.dataset.plan.NotPinnedException when the export has ended, or was replaced
   */
  public void pack(PlannedShard planned, Listener listener)
      throws IOException, InterruptedException {
    bench.requirePinned();
    if (bench.done(planned.id(), ShardReport.class).isPresent()) {
      listener.packed(planned.shard().rows(), planned.bytes());
      return;
    }
    Files.createDirectories(scratch);
    Path folder = Files.createTempDirectory(scratch, "shard-");
    try (ShardWriter writer = ShardWriters.of(settings, planned.shard(), folder)) {
      fill(writer, bench.rows(planned.id()), listener);
      FinishedShard shard = writer.finish();
      bench.requirePinned();
      bench.putDone(planned.id(), put(shard));
    } catch (UncheckedIOException e) {
      throw new IOException("Cannot read the plan of shard " + planned.id(), e.getCause());
    } finally {
      FolderTree.delete(folder);
    }
  }

  private void fill(ShardWriter writer, Iterator<DatasetRow> rows, Listener listener)
      throws IOException, InterruptedException {
    if (!settings.format().holdsPictures()) {
      while (rows.hasNext()) {
        DatasetRow row = rows.next();
        writer.add(row, null);
        listener.packed(1, row.record().getFileBytes());
      }
      return;
    }
    try (Pictures pictures = new Pictures(objects, rows, window)) {
      for (Optional<Fetched> next = pictures.next(); next.isPresent(); next = pictures.next()) {
        DatasetRow row = next.get().row();
        byte[] file = next.get().file();
        writer.add(row, packed(row.record(), file));
        listener.packed(1, file.length);
      }
    }
  }

  private PackedPicture packed(ImageRecord record, byte[] file)
      throws IOException, InterruptedException {
    @Nullable RegionMask mask = record.getMaskImage() == null ? null : masks.mask(record);
    return recoder.recode(record, file, mask);
  }

  private ShardReport put(FinishedShard shard) throws IOException {
    List<PutFile> files = new ArrayList<>();
    for (ShardFile file : shard.files()) {
      target.put(file.name(), file.file(), file.contentType());
      files.add(new PutFile(file.name(), Files.size(file.file()), Sha256.of(file.file())));
    }
    return new ShardReport(shard.summary(), files);
  }
}
