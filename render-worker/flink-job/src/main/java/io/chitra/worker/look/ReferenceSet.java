package io.chitra.worker.look;

import io.chitra.dataset.look.Calibration;
import io.chitra.dataset.look.LookFacts;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.PictureReader;
import io.chitra.diffusion.image.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that must not be copied, by their places in a space. Pictures with the same pixels
 * count once. Memory holds the places, not the pictures. Immutable, for many threads.
 *
 * @param <P> a place
 */
final class ReferenceSet<P> {

  private static final List<String> EXTENSIONS = List.of(".png", ".jpg", ".jpeg", ".webp");

  /** How many pictures are taken in together. */
  private static final int BATCH = 32;

  /** Of a larger set, as many pictures, evenly spread, stand for all in the calibration. */
  private static final int MOST_CALIBRATED = 2000;

  private final Space<P> space;
  private final List<String> ids;
  private final List<P> places;
  private final LookFacts.Reference facts;

  /** A picture of the set, and how far it is. */
  record Nearest(String id, double distance) {}

  private ReferenceSet(
      Space<P> space, List<String> ids, List<P> places, LookFacts.Reference facts) {
    this.space = space;
    this.ids = ids;
    this.places = places;
    this.facts = facts;
  }

  /**
   * Takes in the pictures of a folder and of the folders in it, by their extensions.
   *
   * @param threshold the distance up to which a picture is a near-copy; null: calibrated
   */
  static <P> ReferenceSet<P> read(
      Path folder, Space<P> space, PictureReader reader, @Nullable Double threshold)
      throws LookException, DiffusionException {
    Intake<P> intake = new Intake<>(space, reader);
    List<Path> files = files(folder);
    for (int from = 0; from < files.size(); from += BATCH) {
      intake.take(folder, files.subList(from, Math.min(from + BATCH, files.size())));
    }
    double[] nearest = threshold == null ? within(space, intake.places) : new double[0];
    if (threshold == null && nearest.length == 0) {
      throw new LookException(
          "Cannot calibrate on the reference folder %s: it has %d different pictures, and two at least are needed; say the distance with --copy-distance"
              .formatted(folder, intake.places.size()));
    }
    LookFacts.Reference facts =
        new LookFacts.Reference(
            files.size(),
            intake.places.size(),
            HexFormat.of().formatHex(intake.digest.digest()),
            space.name(),
            threshold == null ? Calibration.threshold(nearest) : threshold,
            threshold == null ? nearest.length : null);
    return new ReferenceSet<>(space, List.copyOf(intake.ids), List.copyOf(intake.places), facts);
  }

  private static List<Path> files(Path folder) throws LookException {
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> pictures =
          all.filter(Files::isRegularFile)
              .filter(file -> EXTENSIONS.stream().anyMatch(lowerCase(file)::endsWith))
              .sorted((one, other) -> id(folder, one).compareTo(id(folder, other)))
              .toList();
      if (pictures.isEmpty()) {
        throw new LookException(
            "Cannot use the reference folder %s: it has no files that end with %s"
                .formatted(folder, String.join(", ", EXTENSIONS)));
      }
      return pictures;
    } catch (IOException | UncheckedIOException e) {
      throw new LookException(
          "Cannot read the reference folder %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static String lowerCase(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }

  private static String id(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  /** The nearest distance of each of these places, or of many of them, to another one. */
  private static <P> double[] within(Space<P> space, List<P> places) {
    if (places.size() < 2) {
      return new double[0];
    }
    int count = Math.min(places.size(), MOST_CALIBRATED);
    return IntStream.range(0, count)
        .parallel()
        .mapToDouble(
            i -> {
              int one = (int) ((long) i * places.size() / count);
              double nearest = Double.POSITIVE_INFINITY;
              for (int other = 0; other < places.size(); other++) {
                if (other != one) {
                  nearest = Math.min(nearest, space.distance(places.get(one), places.get(other)));
                }
              }
              return nearest;
            })
        .toArray();
  }

  /** Takes in pictures, in the order of their names. */
  private static final class Intake<P> {
    private final Space<P> space;
    private final PictureReader reader;
    private final MessageDigest digest = sha256();
    private final Set<String> seen = new HashSet<>();
    private final List<String> ids = new ArrayList<>();
    private final List<P> places = new ArrayList<>();

    Intake(Space<P> space, PictureReader reader) {
      this.space = space;
      this.reader = reader;
    }

    void take(Path folder, List<Path> files) throws LookException, DiffusionException {
      List<RgbImage> pictures = new ArrayList<>();
      for (Path file : files) {
        String id = id(folder, file);
        RgbImage picture = read(file, id);
        if (seen.add(pixels(picture))) {
          ids.add(id);
          pictures.add(picture);
        }
      }
      places.addAll(space.places(pictures));
    }

    private RgbImage read(Path file, String id) throws LookException, DiffusionException {
      try {
        byte[] bytes = Files.readAllBytes(file);
        digest.update("%s %d\n".formatted(id, bytes.length).getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
        return reader.rgb(bytes);
      } catch (IOException e) {
        throw new LookException("Cannot read the reference picture %s: %s".formatted(file, e), e);
      } catch (DiffusionException e) {
        if (!e.permanent()) {
          throw e;
        }
        throw new LookException(
            "Cannot use the reference picture %s: %s; repair it or take it away"
                .formatted(file, e.getMessage()),
            e);
      }
    }

    private static String pixels(RgbImage picture) {
      byte[] hash = sha256().digest(picture.rgb());
      return picture.width() + "x" + picture.height() + " " + HexFormat.of().formatHex(hash);
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java platform has SHA-256", e);
      }
    }
  }

  LookFacts.Reference facts() {
    return facts;
  }

  /** The nearest picture of the set for each of these; of several, the first by name. */
  List<Nearest> nearest(List<RgbImage> pictures) throws DiffusionException {
    return space.places(pictures).stream().map(this::nearest).toList();
  }

  private Nearest nearest(P place) {
    int nearest = 0;
    double distance = Double.POSITIVE_INFINITY;
    for (int i = 0; i < places.size(); i++) {
      double found = space.distance(place, places.get(i));
      if (found < distance) {
        nearest = i;
        distance = found;
      }
    }
    return new Nearest(ids.get(nearest), distance);
  }
}
