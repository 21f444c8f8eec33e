package io.chitra.dataset.pack;

import io.chitra.dataset.PictureLook;
import io.chitra.dataset.table.Cell;
import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import io.chitra.dataset.table.PictureCell;
import io.chitra.dataset.table.RecordColumns;
import io.chitra.schemas.ImageRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The columns of each format: those that its readers expect, then Chitra's own. Size and checksum
 * are those of the file that is packed; where pictures are changed on the way, {@code original_...}
 * columns say what they were.
 */
final class PackColumns {

  private PackColumns() {}

  /** As img2dataset writes them. */
  static List<Column<Packed>> webDataset(PackSettings settings, Cell<Packed> key) {
    List<Column<Packed>> columns = new ArrayList<>();
    columns.add(text("key", key).ofDistinct());
    columns.add(text("url", PackColumns::url).ofDistinct());
    columns.add(text("caption", row -> row.record().getPrompt()));
    columns.add(text("status", row -> "success"));
    columns.add(text("error_message", row -> null));
    columns.add(number("width", Packed::width));
    columns.add(number("height", Packed::height));
    columns.add(number("original_width", row -> row.record().getWidth()));
    columns.add(number("original_height", row -> row.record().getHeight()));
    columns.add(text("sha256", Packed::sha256).ofDistinct());
    className(settings, columns);
    return and(columns, ours(settings));
  }

  /** As Hugging Face's imagefolder reads them: its reader puts the picture in for its name. */
  static List<Column<Packed>> imageFolder(PackSettings settings) {
    List<Column<Packed>> columns = new ArrayList<>();
    columns.add(text("file_name", Packed::fileName).ofDistinct());
    classNumber(settings, columns);
    return and(columns, ours(settings));
  }

  /** With the picture itself, and its class as a number. */
  static List<Column<Packed>> pictures(PackSettings settings) {
    List<Column<Packed>> columns = new ArrayList<>();
    columns.add(
        new Column<>(
            "image",
            ColumnType.PICTURE,
            row -> new PictureCell(row.file().file(), row.fileName())));
    classNumber(settings, columns);
    return and(columns, ours(settings));
  }

  /**
   * As in DiffusionDB's metadata.parquet (https://github.com/poloclub/diffusiondb), which nobody's
   * name goes into here.
   */
  static List<Column<Packed>> metadata(PackSettings settings, int part) {
    List<Column<Packed>> columns = new ArrayList<>();
    columns.add(text("image_name", Packed::fileName).ofDistinct());
    columns.add(text("prompt", row -> row.record().getPrompt()));
    columns.add(new Column<>("part_id", ColumnType.UINT16, row -> part));
    columns.add(new Column<>("seed", ColumnType.UINT32, true, row -> row.record().getSeed()));
    columns.add(
        new Column<>("step", ColumnType.UINT16, row -> row.record().getNumInferenceSteps()));
    columns.add(
        new Column<>("cfg", ColumnType.FLOAT, row -> (float) row.record().getGuidanceScale()));
    columns.add(
        new Column<>("sampler", ColumnType.UINT8, row -> sampler(row.record().getScheduler())));
    columns.add(new Column<>("width", ColumnType.UINT16, Packed::width));
    columns.add(new Column<>("height", ColumnType.UINT16, Packed::height));
    columns.add(text("user_name", row -> null));
    columns.add(
        new Column<>("timestamp", ColumnType.TIMESTAMP, row -> row.record().getRenderedAt()));
    columns.add(new Column<>("image_nsfw", ColumnType.FLOAT, PackColumns::nsfw));
    columns.add(new Column<>("prompt_nsfw", ColumnType.FLOAT, row -> null));
    classNumber(settings, columns);
    return and(columns, ours(settings));
  }

  private static List<Column<Packed>> ours(PackSettings settings) {
    List<Column<Packed>> columns = new ArrayList<>();
    RecordColumns.of(settings.labels(), name -> settings.optionalColumns().contains(name))
        .forEach(
            column ->
                columns.add(
                    switch (column.name()) {
                      case "width" -> number("width", Packed::width);
                      case "height" -> number("height", Packed::height);
                      case "file_sha256" -> text("file_sha256", Packed::sha256).ofDistinct();
                      default -> column.within(Packed::row);
                    }));
    if (settings.recode() != null && settings.format().holdsPictures()) {
      columns.add(number("original_width", row -> row.record().getWidth()));
      columns.add(number("original_height", row -> row.record().getHeight()));
      columns.add(text("original_file_sha256", row -> row.record().getFileSha256()).ofDistinct());
    }
    return columns;
  }

  /** A column of the readers' takes the place of ours with the same name. */
  private static List<Column<Packed>> and(List<Column<Packed>> readers, List<Column<Packed>> ours) {
    Set<String> taken = readers.stream().map(Column::name).collect(Collectors.toSet());
    List<Column<Packed>> columns = new ArrayList<>(readers);
    ours.stream().filter(column -> !taken.contains(column.name())).forEach(columns::add);
    return columns;
  }

  private static void className(PackSettings settings, List<Column<Packed>> columns) {
    if (settings.classLabel() != null) {
      columns.add(text("label", Packed::className));
    }
  }

  private static void classNumber(PackSettings settings, List<Column<Packed>> columns) {
    if (settings.classLabel() == null) {
      return;
    }
    Map<String, Long> numbers = new HashMap<>();
    settings.classes().forEach(name -> numbers.put(name, (long) numbers.size()));
    columns.add(
        new Column<>(
            "label",
            ColumnType.CLASS,
            row -> row.className() == null ? null : numbers.get(row.className())));
  }

  private static String url(Packed row) {
    ImageRecord record = row.record();
    return "s3://" + record.getBucket() + "/" + record.getObjectKey();
  }

  private static @Nullable Float nsfw(Packed row) {
    PictureLook look = row.row().look();
    Double score = look == null ? null : look.nsfwScore();
    return score == null ? null : score.floatValue();
  }

  /** DiffusionDB's numbers of samplers; 9: one that it has no number for. */
  private static int sampler(String scheduler) {
    return switch (scheduler) {
      case "DDIMScheduler" -> 1;
      case "PNDMScheduler" -> 2;
      case "EulerDiscreteScheduler" -> 3;
      case "EulerAncestralDiscreteScheduler" -> 4;
      case "HeunDiscreteScheduler" -> 5;
      case "KDPM2DiscreteScheduler" -> 6;
      case "KDPM2AncestralDiscreteScheduler" -> 7;
      case "LMSDiscreteScheduler" -> 8;
      default -> 9;
    };
  }

  private static Column<Packed> text(String name, Cell<Packed> value) {
    return new Column<>(name, ColumnType.STRING, value);
  }

  private static Column<Packed> number(String name, Cell<Packed> value) {
    return new Column<>(name, ColumnType.INT, value);
  }
}
