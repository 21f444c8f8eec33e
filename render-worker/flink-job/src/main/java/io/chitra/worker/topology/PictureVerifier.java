package io.chitra.worker.topology;

import io.chitra.dataset.Sha256;
import io.chitra.dataset.compare.Psnr;
import io.chitra.dataset.compare.Verdict;
import io.chitra.dataset.compare.Verdict.Change;
import io.chitra.dataset.compare.Verdict.Drift;
import io.chitra.dataset.compare.Verdict.FieldFault;
import io.chitra.dataset.compare.Verdict.ObjectFault;
import io.chitra.dataset.compare.VerifyTask;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Environment;
import io.chitra.diffusion.image.PictureLimits;
import io.chitra.diffusion.image.PictureReader;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.job.JobException;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import io.chitra.worker.plan.ModelCatalog;
import io.chitra.worker.plan.UnknownModelException;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.Fingerprint;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.PictureKey;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.StoredPicture;
import io.chitra.worker.task.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;

/**
 * Verifies pictures: resolves the job again, renders the picture again, and compares the stored
 * object, the record and the new pixels. Puts nothing anywhere.
 *
 * <p>Used by one thread; renderer, store and models belong to the caller.
 */
final class PictureVerifier {

  /** What a record says besides its task: what has made the object, and what that is like. */
  private static final Set<String> NOT_OF_THE_TASK =
      Set.of(
          "environment_class",
          "object_key",
          "bucket",
          "file_bytes",
          "file_sha256",
          "pixel_sha256",
          "reused",
          "rendered_at",
          "render_millis",
          "environment");

  private final Renderer renderer;
  private final ObjectStore objects;
  private final ModelCatalog models;
  private final JobLimits limits;
  private final Codec<RenderJob> jobs;
  private final Codec<ImageRecord> records;
  private final PictureReader reader = new PictureReader(PictureLimits.DEFAULTS);

  /**
   * What has come of a picture.
   *
   * @param file the new picture; null where there is none
   */
  record Verified(Verdict verdict, byte @Nullable [] file) {}

  /** The new picture, or why there is none. */
  private record Again(
      @Nullable RenderedPicture picture, Truncation truncation, @Nullable String failure) {}

  PictureVerifier(
      Renderer renderer,
      ObjectStore objects,
      ModelCatalog models,
      JobLimits limits,
      Codec<RenderJob> jobs,
      Codec<ImageRecord> records) {
    this.renderer = renderer;
    this.objects = objects;
    this.models = models;
    this.limits = limits;
    this.jobs = jobs;
    this.records = records;
  }

  /**
   * Blocks only while a model's small files are fetched. The future fails only where the store or
   * the renderer does in a way that may pass.
   *
   * @throws BadRecordException when the record cannot be read
   */
  CompletableFuture<Verified> verify(VerifyTask asked) throws BadRecordException {
    ImageRecord record = records.decode(asked.record());
    CompletableFuture<Optional<byte[]>> stored = stored(record);
    ImageTask task;
    try {
      task = task(asked);
    } catch (BadRecordException | JobException | UnknownModelException e) {
      String why = String.valueOf(e.getMessage());
      return stored.thenApply(
          file ->
              new Verified(
                  new Verdict(asked.row(), objectFault(record, file), List.of(), why, null), null));
    }
    return again(task)
        .thenCombine(stored, (again, file) -> compare(asked, task, record, again, file));
  }

  private ImageTask task(VerifyTask asked)
      throws BadRecordException, JobException, UnknownModelException {
    RenderJob job = jobs.decode(asked.job());
    RenderJob resolved =
        JobRules.resolve(job, models.facts(String.valueOf(job.getModelDigest())), limits);
    Submission submission = new Submission(asked.topic(), asked.partition(), asked.offset());
    return new ImageTask(submission, resolved, asked.index());
  }

  private CompletableFuture<Optional<byte[]>> stored(ImageRecord record) {
    String prefix = objects.objectKey("");
    String key = record.getObjectKey();
    return objects
        .get(key.startsWith(prefix) ? key.substring(prefix.length()) : key)
        .thenApply(Optional::of)
        .exceptionallyCompose(
            failure ->
                unwrap(failure) instanceof NoSuchObjectException
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Again> again(ImageTask task) {
    return renderer
        .render(task)
        .thenCombine(
            renderer.truncation(task),
            (picture, truncation) -> new Again(picture, truncation, null))
        .exceptionallyCompose(
            failure ->
                unwrap(failure) instanceof RenderException permanent
                    ? CompletableFuture.completedFuture(
                        new Again(null, Truncation.NONE, String.valueOf(permanent.getMessage())))
                    : CompletableFuture.failedFuture(failure));
  }

  private Verified compare(
      VerifyTask asked, ImageTask task, ImageRecord record, Again again, Optional<byte[]> file) {
    ObjectFault fault = objectFault(record, file);
    List<FieldFault> fields = fieldFaults(task, record, again);
    RenderedPicture picture = again.picture();
    Drift drift = null;
    if (picture != null && !picture.pixelSha256().equals(record.getPixelSha256())) {
      Optional<RgbImage> then = fault == null ? file.flatMap(this::decoded) : Optional.empty();
      Optional<String> pixels =
          then.filter(image -> keepsPixels(task)).map(i -> Sha256.of(i.rgb()));
      if (pixels.isPresent() && !pixels.get().equals(record.getPixelSha256())) {
        fields.add(new FieldFault("pixel_sha256", pixels.get(), record.getPixelSha256()));
      }
      if (!pixels.equals(Optional.of(picture.pixelSha256()))) {
        drift = drift(record, picture, then);
      }
    }
    return new Verified(
        new Verdict(asked.row(), fault, fields, again.failure(), drift),
        picture == null ? null : picture.file());
  }

  private static @Nullable ObjectFault objectFault(ImageRecord record, Optional<byte[]> file) {
    if (file.isEmpty()) {
      return new ObjectFault(null, null);
    }
    String sha256 = Sha256.of(file.get());
    return file.get().length == record.getFileBytes() && sha256.equals(record.getFileSha256())
        ? null
        : new ObjectFault((long) file.get().length, sha256);
  }

  private List<FieldFault> fieldFaults(ImageTask task, ImageRecord record, Again again) {
    String fingerprint = fingerprint(task, record.getFingerprint());
    PictureKey key =
        new PictureKey(fingerprint, record.getEnvironmentClass(), task.fileExtension());
    ImageRecord expected = expected(task, record, key, again.truncation());
    List<FieldFault> faults = new ArrayList<>();
    for (Field field : ImageRecord.getClassSchema().getFields()) {
      boolean unknown = again.failure() != null && field.name().endsWith("_truncated");
      if (!unknown
          && !NOT_OF_THE_TASK.contains(field.name())
          && !Objects.equals(expected.get(field.pos()), record.get(field.pos()))) {
        faults.add(fault(field.name(), expected.get(field.pos()), record.get(field.pos())));
      }
    }
    if (!record.getObjectKey().endsWith(key.path())) {
      faults.add(fault("object_key", key.path(), record.getObjectKey()));
    }
    String environmentClass = new Environment(record.getEnvironment()).environmentClass();
    if (!environmentClass.equals(record.getEnvironmentClass())) {
      faults.add(fault("environment_class", environmentClass, record.getEnvironmentClass()));
    }
    return faults;
  }

  private static FieldFault fault(String name, @Nullable Object expected, @Nullable Object found) {
    return new FieldFault(name, String.valueOf(expected), String.valueOf(found));
  }

  /** The task's, by the version of the pixel-deciding code that the record was made with. */
  private String fingerprint(ImageTask task, String recorded) {
    for (int version = renderer.pixelVersion(); version > 0; version--) {
      String fingerprint = Fingerprint.of(task, version);
      if (fingerprint.equals(recorded)) {
        return fingerprint;
      }
    }
    return Fingerprint.of(task, renderer.pixelVersion());
  }

  /** As it comes out of the codec, so that equal values are of equal types. */
  private ImageRecord expected(
      ImageTask task, ImageRecord record, PictureKey key, Truncation truncation) {
    StoredPicture stored =
        new StoredPicture(
            key,
            record.getFileBytes(),
            record.getFileSha256(),
            record.getPixelSha256(),
            "",
            record.getRenderedAt().toEpochMilli(),
            record.getRenderMillis(),
            record.getEnvironment());
    ImageRecord expected =
        PictureRecord.of(task, stored, truncation, record.getBucket(), record.getObjectKey());
    try {
      return records.decode(records.encode(expected));
    } catch (BadRecordException e) {
      throw new IllegalStateException("Cannot read the worker's own record", e);
    }
  }

  /** Whether the stored file has the very pixels that came out of the model. */
  private static boolean keepsPixels(ImageTask task) {
    return task.job().getOutputFormat() == null && task.job().getOutputMode() == null;
  }

  private Drift drift(ImageRecord record, RenderedPicture picture, Optional<RgbImage> then) {
    Double psnr = null;
    Optional<RgbImage> now = decoded(picture.file());
    if (then.isPresent()
        && now.isPresent()
        && then.get().width() == now.get().width()
        && then.get().height() == now.get().height()) {
      double decibels = Psnr.of(then.get().rgb(), now.get().rgb());
      psnr = Double.isFinite(decibels) ? (Double) decibels : null;
    }
    return new Drift(
        psnr,
        picture.pixelSha256(),
        changes(record.getEnvironment(), picture.environment().facts()));
  }

  private Optional<RgbImage> decoded(byte[] file) {
    try {
      return Optional.of(reader.rgb(file));
    } catch (DiffusionException e) {
      return Optional.empty();
    }
  }

  private static SortedMap<String, Change> changes(
      Map<String, String> then, Map<String, String> now) {
    Set<String> names = new TreeSet<>(then.keySet());
    names.addAll(now.keySet());
    SortedMap<String, Change> changes = new TreeMap<>();
    for (String name : names) {
      if (!Objects.equals(then.get(name), now.get(name))) {
        changes.put(name, new Change(then.get(name), now.get(name)));
      }
    }
    return changes;
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
