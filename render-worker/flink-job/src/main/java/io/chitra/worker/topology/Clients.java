package io.chitra.worker.topology;

import io.chitra.dataset.pack.RegionMask;
import io.chitra.dataset.target.Target;
import io.chitra.dataset.target.Targets;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.EngineOptions;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.ModelSetup;
import io.chitra.diffusion.RowProbe;
import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.PictureLimits;
import io.chitra.diffusion.image.PictureReader;
import io.chitra.diffusion.onnx.Device;
import io.chitra.input.HttpsDownload;
import io.chitra.job.JobLimits;
import io.chitra.net.PublicAddresses;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.store.StoredSchemas;
import io.chitra.worker.export.DamagedPictureException;
import io.chitra.worker.export.Masks;
import io.chitra.worker.export.Pictures;
import io.chitra.worker.render.AllowedHosts;
import io.chitra.worker.render.DiffusionRenderer;
import io.chitra.worker.render.InputFiles;
import io.chitra.worker.render.InputLimits;
import io.chitra.worker.render.RenderException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;

/** What the operators open from the options: clients and rules. Whoever asks owns what it gets. */
final class Clients {

  private Clients() {}

  static ObjectStore objectStore(Configuration options) {
    return S3ObjectStore.open(storeConfig(options));
  }

  private static StoreConfig storeConfig(Configuration options) {
    return new StoreConfig(
        options.getOptional(WorkerOptions.S3_ENDPOINT).map(URI::create).orElse(null),
        options.get(WorkerOptions.S3_REGION),
        options.get(WorkerOptions.S3_BUCKET),
        options.get(WorkerOptions.S3_PREFIX),
        options
            .getOptional(WorkerOptions.S3_ACCESS_KEY)
            .map(key -> new StoreCredentials(key, options.get(WorkerOptions.S3_SECRET_KEY)))
            .orElse(null));
  }

  /** Where a dataset is exported to. */
  static Target target(Configuration options) throws IOException {
    return Targets.open(options.get(WorkerOptions.EXPORT_TARGET), storeConfig(options));
  }

  /** The mask pictures of jobs, which are inputs as a renderer has them. */
  static Masks masks(Configuration options, ObjectStore objects) {
    InputFiles inputs = inputs(options, objects);
    PictureLimits limits = inputLimits(options).pictures();
    PictureReader reader = new PictureReader(limits);
    return record -> {
      try {
        Path file =
            inputs.fetch(Objects.requireNonNull(record.getMaskImage()), limits.maxFileBytes());
        GrayImage mask = reader.gray(Files.readAllBytes(file));
        return new RegionMask(mask.width(), mask.height(), mask.gray());
      } catch (RenderException | DiffusionException e) {
        throw new DamagedPictureException(
            record, "has a mask that cannot be had: " + e.getMessage(), e);
      }
    };
  }

  static Path exportFolder(Configuration options) {
    return options
        .getOptional(WorkerOptions.EXPORT_DIRECTORY)
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "chitra-export"));
  }

  /** How far an export fetches ahead. */
  static Pictures.Window exportWindow(Configuration options) {
    return new Pictures.Window(
        options.get(WorkerOptions.EXPORT_IN_FLIGHT),
        options.get(WorkerOptions.EXPORT_READ_AHEAD).getBytes());
  }

  static ModelRepository models(Configuration options, ObjectStore objects) {
    return new ModelRepository(
        objects, cache(options), options.get(WorkerOptions.MODEL_CACHE_SIZE).getBytes());
  }

  private static Path cache(Configuration options) {
    return options
        .getOptional(WorkerOptions.MODEL_CACHE_DIRECTORY)
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "chitra-models"));
  }

  private static InputFiles inputs(Configuration options, ObjectStore objects) {
    return new InputFiles(
        objects,
        HttpsDownload.client().build(),
        new AllowedHosts(options.get(WorkerOptions.INPUT_HTTPS_HOSTS)),
        options.get(WorkerOptions.INPUT_PRIVATE_ADDRESSES) ? address -> true : PublicAddresses::has,
        cache(options).resolve("inputs"),
        options.get(WorkerOptions.INPUT_CACHE_SIZE).getBytes());
  }

  private static InputLimits inputLimits(Configuration options) {
    return new InputLimits(
        new PictureLimits(
            PictureLimits.DEFAULTS.maxSide(),
            options.get(WorkerOptions.INPUT_MAX_PICTURE_PIXELS),
            (int)
                Math.min(
                    options.get(WorkerOptions.INPUT_MAX_PICTURE_SIZE).getBytes(),
                    Integer.MAX_VALUE)),
        options.get(WorkerOptions.INPUT_MAX_LORA_SIZE).getBytes());
  }

  /** The diffusion engine; the renderer owns it. */
  static DiffusionRenderer renderer(Configuration options, ObjectStore objects) {
    EngineOptions engine =
        EngineOptions.defaults().withDevice(Device.parse(options.get(WorkerOptions.RENDER_DEVICE)));
    int threads = options.get(WorkerOptions.RENDER_THREADS);
    EngineOptions threaded = threads == 0 ? engine : engine.withThreads(threads);
    ModelRepository models = models(options, objects);
    try {
      int rows = options.get(WorkerOptions.RENDER_ROWS);
      return new DiffusionRenderer(
          models,
          inputs(options, objects),
          inputLimits(options),
          Engine.start(
              threaded.withRows(rows == 0 ? probedRows(options, threaded, models) : rows)));
    } catch (DiffusionException | NoSuchModelException e) {
      throw new IllegalStateException(String.valueOf(e.getMessage()), e);
    }
  }

  private static int probedRows(Configuration options, EngineOptions engine, ModelRepository models)
      throws DiffusionException, NoSuchModelException {
    String digest =
        options
            .getOptional(WorkerOptions.RENDER_PROBE_MODEL)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Cannot find out how many rows there is memory for: set %s to a model's digest, or %s to a number"
                            .formatted(
                                WorkerOptions.RENDER_PROBE_MODEL.key(),
                                WorkerOptions.RENDER_ROWS.key())));
    ModelFolder model = ModelFolder.open(models.fetch(digest));
    return RowProbe.rows(engine, ModelSetup.of(model), model.width(), model.height());
  }

  static JobLimits limits(Configuration options) {
    JobLimits defaults = JobLimits.defaults();
    return new JobLimits(
        options.get(WorkerOptions.LIMIT_PROMPT_CHARACTERS),
        options.get(WorkerOptions.LIMIT_SIDE),
        options.get(WorkerOptions.LIMIT_PIXELS),
        options.get(WorkerOptions.LIMIT_STEPS),
        defaults.maxGuidanceScale(),
        options.get(WorkerOptions.LIMIT_IMAGES),
        defaults.maxLabels(),
        defaults.maxLabelCharacters());
  }

  static Properties kafka(Configuration options) {
    Properties properties = new Properties();
    properties.putAll(options.get(WorkerOptions.KAFKA_PROPERTIES));
    properties.put("bootstrap.servers", options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS));
    return properties;
  }

  static Codec<RenderJob> jobCodec(ObjectStore objects) {
    return Codec.renderJobs().withSchemas(new StoredSchemas(objects));
  }

  static Codec<ImageRecord> recordCodec(ObjectStore objects) {
    return Codec.imageRecords().withSchemas(new StoredSchemas(objects));
  }
}
