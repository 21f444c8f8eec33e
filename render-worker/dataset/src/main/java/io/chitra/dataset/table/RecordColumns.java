package io.chitra.dataset.table;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.dataset.PictureMeasures;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Submission;
import io.chitra.schemas.Vae;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a picture's row has in every table that Chitra writes for people: its record,
 * where that lies, its labels, and what was seen in it. None is called {@code image}: that is the
 * reader's own. Shapes, margins and LoRAs are texts of JSON, so that each column has one type.
 */
public final class RecordColumns {

  private static final String LABEL = "label_";

  private static final List<Column<DatasetRow>> SETTINGS =
      List.of(
          text("job_id", ImageRecord::getJobId),
          number("image_index", ImageRecord::getImageIndex),
          text("dataset", ImageRecord::getDataset),
          text("prompt", ImageRecord::getPrompt),
          text("negative_prompt", ImageRecord::getNegativePrompt),
          number("num_inference_steps", ImageRecord::getNumInferenceSteps),
          real("guidance_scale", ImageRecord::getGuidanceScale),
          text("scheduler", ImageRecord::getScheduler),
          number("width", ImageRecord::getWidth),
          number("height", ImageRecord::getHeight),
          wide("seed", ImageRecord::getSeed).ofDistinct(),
          text("model_name", ImageRecord::getModelName),
          text("model_digest", ImageRecord::getModelDigest));

  /** What only some tasks say. */
  private static final List<Column<DatasetRow>> TASK =
      List.of(
          text("task", ImageRecord::getTask),
          text("input_image_uri", record -> uri(record.getImage())),
          text("input_image_sha256", record -> sha256(record.getImage())),
          real("strength", ImageRecord::getStrength),
          text("mask_image_uri", record -> uri(record.getMaskImage())),
          text("mask_image_sha256", record -> sha256(record.getMaskImage())),
          text("mask", record -> json(record.getMask())),
          text("outpaint", record -> json(record.getOutpaint())),
          flag("keep_unmasked", record -> record.getKeepUnmasked() ? true : null),
          real("eta", ImageRecord::getEta),
          real("guidance_rescale", ImageRecord::getGuidanceRescale),
          numbers("timesteps", ImageRecord::getTimesteps),
          text("prompt_2", ImageRecord::getPrompt2),
          text("negative_prompt_2", ImageRecord::getNegativePrompt2),
          text("prompt_2_truncated", ImageRecord::getPrompt2Truncated),
          text("negative_prompt_2_truncated", ImageRecord::getNegativePrompt2Truncated),
          numbers("original_size", ImageRecord::getOriginalSize),
          numbers("target_size", ImageRecord::getTargetSize),
          numbers("crops_coords_top_left", ImageRecord::getCropsCoordsTopLeft),
          text("loras", record -> json(record.getLoras())),
          text("vae_name", record -> of(record.getVae(), Vae::getName)),
          text("vae_digest", record -> of(record.getVae(), Vae::getDigest)),
          number("output_quality", ImageRecord::getOutputQuality),
          text("output_mode", ImageRecord::getOutputMode));

  private static final List<Column<DatasetRow>> PLACE =
      List.of(
          text("prompt_truncated", ImageRecord::getPromptTruncated),
          text("negative_prompt_truncated", ImageRecord::getNegativePromptTruncated),
          text("pixel_sha256", ImageRecord::getPixelSha256).ofDistinct(),
          text("file_sha256", ImageRecord::getFileSha256).ofDistinct(),
          text("bucket", ImageRecord::getBucket),
          text("object_key", ImageRecord::getObjectKey).ofDistinct(),
          text("fingerprint", ImageRecord::getFingerprint).ofDistinct(),
          text("environment_class", ImageRecord::getEnvironmentClass),
          flag("reused", ImageRecord::getReused),
          text("submission_topic", submission(Submission::getTopic)),
          number("submission_partition", submission(Submission::getPartition)),
          wide("submission_offset", submission(Submission::getOffset)),
          new Column<>("result_partition", ColumnType.INT, DatasetRow::resultPartition),
          new Column<>("result_offset", ColumnType.LONG, true, DatasetRow::resultOffset));

  /** What was seen, where somebody looked. */
  private static final List<Column<DatasetRow>> LOOK =
      List.of(
          seen("unreadable", ColumnType.STRING, PictureLook::unreadable),
          measured("perceptual_hash", ColumnType.STRING, RecordColumns::hash),
          measured("brightness", ColumnType.DOUBLE, PictureMeasures::brightness),
          measured("contrast", ColumnType.DOUBLE, PictureMeasures::contrast),
          measured("mean_red", ColumnType.DOUBLE, PictureMeasures::meanRed),
          measured("mean_green", ColumnType.DOUBLE, PictureMeasures::meanGreen),
          measured("mean_blue", ColumnType.DOUBLE, PictureMeasures::meanBlue),
          measured("saturation", ColumnType.DOUBLE, PictureMeasures::saturation),
          measured("colourfulness", ColumnType.DOUBLE, PictureMeasures::colourfulness),
          seen("clip_score", ColumnType.DOUBLE, PictureLook::clipScore),
          seen("nsfw_score", ColumnType.DOUBLE, PictureLook::nsfwScore),
          seen("nearest_id", ColumnType.STRING, PictureLook::nearestId),
          seen("nearest_distance", ColumnType.DOUBLE, PictureLook::nearestDistance),
          seen("duplicate_of", ColumnType.STRING, PictureLook::duplicateOf),
          seen("failed_gates", ColumnType.STRINGS, PictureLook::failedGates));

  /** The columns that only some datasets have: those that a row of theirs has a value for. */
  public static final List<Column<DatasetRow>> OPTIONAL =
      Stream.concat(TASK.stream(), LOOK.stream()).toList();

  private RecordColumns() {}

  /**
   * The columns of a dataset, in order.
   *
   * @param labels types by name, as {@link LabelTypes} finds them
   * @param present which of the {@link #OPTIONAL} columns it has, by name
   */
  public static List<Column<DatasetRow>> of(
      SortedMap<String, ColumnType> labels, Predicate<String> present) {
    List<Column<DatasetRow>> columns = new ArrayList<>(SETTINGS);
    TASK.stream().filter(column -> present.test(column.name())).forEach(columns::add);
    labels.forEach((name, type) -> columns.add(label(name, type)));
    columns.addAll(PLACE);
    LOOK.stream().filter(column -> present.test(column.name())).forEach(columns::add);
    return columns;
  }

  private static Column<DatasetRow> label(String name, ColumnType type) {
    return new Column<>(
        labelColumn(name),
        type,
        row -> {
          Object value = row.record().getLabels().get(name);
          return value != null && type == ColumnType.STRING ? value.toString() : value;
        });
  }

  /**
   * The column of a label. Hugging Face's reader opens the file that a column named {@code
   * ..._file_name} holds, so a label of that name gets an underscore more.
   */
  public static String labelColumn(String label) {
    String column = LABEL + label;
    return column.matches("(?s).*_file_names?_*") ? column + "_" : column;
  }

  private static Column<DatasetRow> text(String name, Cell<ImageRecord> value) {
    return recorded(name, ColumnType.STRING, value);
  }

  private static Column<DatasetRow> number(String name, Cell<ImageRecord> value) {
    return recorded(name, ColumnType.INT, value);
  }

  private static Column<DatasetRow> wide(String name, Cell<ImageRecord> value) {
    return recorded(name, ColumnType.LONG, value);
  }

  private static Column<DatasetRow> real(String name, Cell<ImageRecord> value) {
    return recorded(name, ColumnType.DOUBLE, value);
  }

  private static Column<DatasetRow> flag(String name, Cell<ImageRecord> value) {
    return recorded(name, ColumnType.BOOLEAN, value);
  }

  private static Column<DatasetRow> numbers(String name, Cell<ImageRecord> value) {
    return recorded(name, ColumnType.INTS, value);
  }

  private static Column<DatasetRow> recorded(
      String name, ColumnType type, Cell<ImageRecord> value) {
    return new Column<>(name, type, row -> value.of(row.record()));
  }

  private static Column<DatasetRow> seen(String name, ColumnType type, Cell<PictureLook> value) {
    return new Column<>(name, type, row -> of(row.look(), value));
  }

  private static Column<DatasetRow> measured(
      String name, ColumnType type, Cell<PictureMeasures> value) {
    return seen(name, type, look -> of(look.measures(), value));
  }

  private static Cell<ImageRecord> submission(Cell<Submission> value) {
    return record -> value.of(record.getSubmission());
  }

  private static <T> @Nullable Object of(@Nullable T part, Cell<T> value) {
    return part == null ? null : value.of(part);
  }

  private static @Nullable Object uri(@Nullable InputFile file) {
    return of(file, InputFile::getUri);
  }

  private static @Nullable Object sha256(@Nullable InputFile file) {
    return of(file, InputFile::getSha256);
  }

  private static String hash(PictureMeasures measures) {
    return "%016x".formatted(measures.perceptualHash());
  }

  /** Avro's records, and lists of them, write themselves as JSON. */
  private static @Nullable String json(@Nullable Object records) {
    return records == null ? null : records.toString();
  }
}
