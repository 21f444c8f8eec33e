package io.chitra.worker.look;

import io.chitra.dataset.look.Gate;
import io.chitra.dataset.look.GateModels;
import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.look.LookFacts;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.PictureLimits;
import io.chitra.diffusion.image.PictureReader;
import io.chitra.diffusion.onnx.Device;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.score.ClipScorer;
import io.chitra.diffusion.score.ImageClassifier;
import io.chitra.diffusion.score.ImageEmbedder;
import io.chitra.store.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The models and the reference set that settings ask for. Owns them until closed; safe for many
 * threads.
 */
final class Instruments implements AutoCloseable {

  /** Classes that are not safe for work, as published classifiers name them. */
  private static final List<String> NSFW_LABELS =
      List.of("nsfw", "porn", "hentai", "sexy", "unsafe", "explicit");

  final PictureReader reader = new PictureReader(PictureLimits.DEFAULTS);
  final @Nullable ClipScorer clip;
  final @Nullable Nsfw nsfw;
  final @Nullable ReferenceSet<?> reference;
  final LookFacts facts;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /**
   * A classifier, and which of its classes are not safe for work.
   *
   * @param classes their numbers
   */
  record Nsfw(ImageClassifier classifier, List<Integer> classes) {

    double score(double[] probabilities) {
      return classes.stream().mapToDouble(number -> probabilities[number]).sum();
    }
  }

  private Instruments(GateSettings settings, int threads) throws LookException, DiffusionException {
    OnnxRuntime runtime = new OnnxRuntime(new Device.Cpu(), threads);
    List<LookFacts.Model> models = new ArrayList<>();
    GateModels paths = settings.models();
    boolean whole = false;
    try {
      clip = settings.gates().contains(Gate.CLIP_SCORE) ? clip(runtime, paths, models) : null;
      nsfw = settings.gates().contains(Gate.NSFW) ? nsfw(runtime, paths, models) : null;
      reference =
          settings.gates().contains(Gate.NEAR_COPY) ? reference(runtime, settings, models) : null;
      facts =
          new LookFacts(
              models,
              reference == null ? null : reference.facts(),
              models.isEmpty() ? new TreeMap<>() : environment(runtime));
      whole = true;
    } finally {
      if (!whole) {
        close();
      }
    }
  }

  /**
   * @param threads that compute one run of a model
   */
  static Instruments open(GateSettings settings, int threads)
      throws LookException, DiffusionException {
    return new Instruments(settings, threads);
  }

  private static SortedMap<String, String> environment(OnnxRuntime runtime) {
    SortedMap<String, String> environment = new TreeMap<>(runtime.facts());
    environment.put("device", "cpu");
    return environment;
  }

  private ClipScorer clip(OnnxRuntime runtime, GateModels paths, List<LookFacts.Model> models)
      throws LookException, DiffusionException {
    Path folder = Objects.requireNonNull(paths.clip());
    models.add(model("clip", folder));
    ClipScorer scorer = usable(() -> ClipScorer.open(runtime, folder), "CLIP model", folder);
    open.push(scorer);
    return scorer;
  }

  private Nsfw nsfw(OnnxRuntime runtime, GateModels paths, List<LookFacts.Model> models)
      throws LookException, DiffusionException {
    Path folder = Objects.requireNonNull(paths.nsfw());
    models.add(model("nsfw", folder));
    ImageClassifier classifier =
        usable(() -> ImageClassifier.open(runtime, folder), "NSFW model", folder);
    open.push(classifier);
    List<String> wanted = paths.nsfwLabels().isEmpty() ? NSFW_LABELS : paths.nsfwLabels();
    List<Integer> classes = new ArrayList<>();
    for (int i = 0; i < classifier.labels().size(); i++) {
      String label = classifier.labels().get(i);
      if (wanted.contains(label) || wanted.contains(label.toLowerCase(Locale.ROOT))) {
        classes.add(i);
      }
    }
    boolean allFound =
        paths.nsfwLabels().stream().allMatch(classifier.labels()::contains) && !classes.isEmpty();
    if (!allFound) {
      throw new LookException(
          "Cannot use NSFW model %s: its classes are %s, and not all of %s are among them; name those that are not safe for work with --nsfw-label"
              .formatted(folder, classifier.labels(), wanted));
    }
    return new Nsfw(classifier, List.copyOf(classes));
  }

  private ReferenceSet<?> reference(
      OnnxRuntime runtime, GateSettings settings, List<LookFacts.Model> models)
      throws LookException, DiffusionException {
    Path folder = Objects.requireNonNull(settings.models().reference());
    Path model = settings.models().embedder();
    Double distance = settings.limits().copyDistance();
    if (model == null) {
      return ReferenceSet.read(folder, new Space.Hashes(), reader, distance);
    }
    models.add(model("embedder", model));
    ImageEmbedder embedder = usable(() -> ImageEmbedder.open(runtime, model), "embedder", model);
    open.push(embedder);
    String name = String.valueOf(model.getFileName());
    return ReferenceSet.read(folder, new Space.Embeddings(name, embedder), reader, distance);
  }

  private static LookFacts.Model model(String role, Path path) throws LookException {
    try {
      String digest = Files.isDirectory(path) ? ModelDigest.of(path) : ModelDigest.sha256(path);
      return new LookFacts.Model(role, String.valueOf(path.getFileName()), digest);
    } catch (IOException e) {
      throw new LookException(
          "Cannot read the model %s on this machine: %s".formatted(path, e.getMessage()), e);
    }
  }

  private interface Opening<T> {
    T open() throws DiffusionException;
  }

  private static <T> T usable(Opening<T> opening, String what, Path path)
      throws LookException, DiffusionException {
    try {
      return opening.open();
    } catch (DiffusionException e) {
      if (!e.permanent()) {
        throw e;
      }
      throw new LookException("Cannot use the %s %s: %s".formatted(what, path, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("Cannot close a model: it is closed", e);
      }
    }
  }
}
