package io.chitra.worker.export;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.dataset.plan.Workbench;
import io.chitra.diffusion.DiffusionException;
import io.chitra.store.ObjectStore;
import io.chitra.worker.export.Pictures.Fetched;
import io.chitra.worker.export.Pictures.Window;
import io.chitra.worker.look.Looker;
import io.chitra.worker.look.Looker.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the pictures of pieces of rows, and puts the rows with their looks. A piece that was
 * looked at is passed over. Used by one thread; store and looker stay the caller's.
 */
public final class PieceLooker {

  private final ObjectStore objects;
  private final Workbench bench;
  private final Looker looker;
  private final Window window;
  private final Path scratch;

  /**
   * @param scratch where files are written on the way
   */
  public PieceLooker(
      ObjectStore objects, Workbench bench, Looker looker, Window window, Path scratch) {
    this.objects = objects;
    this.bench = bench;
    this.looker = looker;
    this.window = window;
    this.scratch = scratch;
  }

  /**
   * Looks at a piece, unless somebody has.
   *
   * @throws DamagedPictureException when a picture is not what its record says
   * @throws io.chitra.dataset.plan.NotPinnedException when the export has ended, or was replaced
   * @throws DiffusionException when the models cannot be run
   */
  public void look(int piece, ShardPacker.Listener listener)
      throws IOException, InterruptedException, DiffusionException {
    bench.requirePinned();
    Iterator<DatasetRow> rows = bench.piece(piece);
    if (bench.hasLooks(piece)) {
      while (rows.hasNext()) {
        listener.packed(1, rows.next().record().getFileBytes());
      }
      return;
    }
    List<DatasetRow> looked = new ArrayList<>();
    List<Sight> batch = new ArrayList<>();
    try (Pictures pictures = new Pictures(objects, rows, window)) {
      for (Optional<Fetched> next = pictures.next(); next.isPresent(); next = pictures.next()) {
        batch.add(new Sight(next.get().row(), next.get().file()));
        if (batch.size() == Looker.BATCH) {
          look(batch, looked, listener);
        }
      }
    }
    look(batch, looked, listener);
    Files.createDirectories(scratch);
    bench.putLooks(piece, looked, looker.facts(), scratch);
  }

  private void look(List<Sight> batch, List<DatasetRow> looked, ShardPacker.Listener listener)
      throws DiffusionException {
    if (batch.isEmpty()) {
      return;
    }
    List<PictureLook> looks = looker.look(batch);
    for (int i = 0; i < looks.size(); i++) {
      looked.add(batch.get(i).row().with(looks.get(i)));
      listener.packed(1, batch.get(i).file().length);
    }
    batch.clear();
  }
}
