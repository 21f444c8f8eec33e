package io.chitra.worker.look;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.look.LookFacts;
import io.chitra.dataset.look.Measuring;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.schemas.ImageRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Looks at pictures: measures their pixels, scores them with the models that the settings name, and
 * finds the nearest of the reference set. What it says of a picture depends on the picture, its
 * record and the settings alone; how it compares with other pictures is the judge's part.
 *
 * <p>Life cycle: {@link #open}, {@link #look} as often as wanted, {@link #close}. Lookers of the
 * same settings in one JVM share models and reference set, which are closed with the last of them.
 * Safe for many threads.
 */
public final class Looker implements AutoCloseable {

  /** How many pictures are best looked at together. */
  public static final int BATCH = 8;

  private final SharedInstruments.Lease lease;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** A picture to be looked at: its row, and the bytes of its file, which are not changed. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sight(DatasetRow row, byte[] file) {}

  private Looker(SharedInstruments.Lease lease) {
    this.lease = lease;
  }

  /**
   * Loads the models and takes in the reference set; with many pictures there, that takes a while.
   *
   * @param threads that compute one run of a model
   * @throws LookException when a model or the reference set cannot be used
   * @throws DiffusionException when there is no memory for them now
   */
  public static Looker open(GateSettings settings, int threads)
      throws LookException, DiffusionException {
    return new Looker(SharedInstruments.lease(settings, threads));
  }

  /** What looks; the same for every looker of the same settings. The judge needs it. */
  public LookFacts facts() {
    return lease.instruments().facts;
  }

  /**
   * Looks at pictures, {@value #BATCH} at a time. A file that is no picture has a look that says
   * so.
   *
   * @return a look each, in the same order
   * @throws DiffusionException when the models cannot be run: then no picture is to blame
   */
  public List<PictureLook> look(List<Sight> sights) throws DiffusionException {
    List<PictureLook> looks = new ArrayList<>();
    for (int from = 0; from < sights.size(); from += BATCH) {
      looks.addAll(together(sights.subList(from, Math.min(from + BATCH, sights.size()))));
    }
    return looks;
  }

  private List<PictureLook> together(List<Sight> sights) throws DiffusionException {
    List<@Nullable String> faults = new ArrayList<>();
    List<RgbImage> pictures = new ArrayList<>();
    List<String> prompts = new ArrayList<>();
    for (Sight sight : sights) {
      String fault = null;
      try {
        RgbImage picture = lease.instruments().reader.rgb(sight.file());
        fault = otherSize(sight.row().record(), picture);
        if (fault == null) {
          pictures.add(picture);
          prompts.add(sight.row().record().getPrompt());
        }
      } catch (DiffusionException e) {
        if (!e.permanent()) {
          throw e;
        }
        fault = String.valueOf(e.getMessage());
      }
      faults.add(fault);
    }
    List<PictureLook> readable = readable(pictures, prompts);
    List<PictureLook> looks = new ArrayList<>();
    int next = 0;
    for (String fault : faults) {
      looks.add(fault == null ? readable.get(next++) : PictureLook.unreadable(fault));
    }
    return looks;
  }

  private static @Nullable String otherSize(ImageRecord record, RgbImage picture) {
    boolean same = picture.width() == record.getWidth() && picture.height() == record.getHeight();
    return same
        ? null
        : "Cannot use the picture: it is %d x %d pixels large, and its record says %d x %d"
            .formatted(picture.width(), picture.height(), record.getWidth(), record.getHeight());
  }

  private List<PictureLook> readable(List<RgbImage> pictures, List<String> prompts)
      throws DiffusionException {
    if (pictures.isEmpty()) {
      return List.of();
    }
    Instruments instruments = lease.instruments();
    double[] clip = instruments.clip == null ? null : instruments.clip.scores(pictures, prompts);
    Instruments.Nsfw nsfw = instruments.nsfw;
    List<double[]> classes = nsfw == null ? null : nsfw.classifier().probabilities(pictures);
    List<ReferenceSet.Nearest> nearest =
        instruments.reference == null ? null : instruments.reference.nearest(pictures);
    List<PictureLook> looks = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      RgbImage picture = pictures.get(i);
      looks.add(
          new PictureLook(
              null,
              Measuring.measure(picture.width(), picture.height(), picture.rgb()),
              clip == null ? null : clip[i],
              nsfw == null || classes == null ? null : nsfw.score(classes.get(i)),
              nearest == null ? null : nearest.get(i).id(),
              nearest == null ? null : nearest.get(i).distance(),
              null,
              List.of()));
    }
    return looks;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      lease.close();
    }
  }
}
