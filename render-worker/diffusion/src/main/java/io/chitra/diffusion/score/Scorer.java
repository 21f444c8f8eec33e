package io.chitra.diffusion.score;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.onnx.PictureModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model with the processor of its pictures. Owns the model; safe for many threads. */
final class Scorer implements AutoCloseable {

  /** How many pictures a model looks at together. */
  private static final int BATCH = 8;

  private final PictureModel model;
  private final ImageProcessor processor;

  private Scorer(PictureModel model, ImageProcessor processor) {
    this.model = model;
    this.processor = processor;
  }

  /**
   * @param folderOrFile a folder with {@code model.onnx}, or an ONNX file; the processor's
   *     configuration lies beside it
   */
  static Scorer open(OnnxRuntime runtime, Path folderOrFile) throws DiffusionException {
    ImageProcessor processor = ImageProcessor.read(folder(folderOrFile));
    PictureModel model = PictureModel.open(runtime, folderOrFile);
    try {
      model.requireSize(processor.height(), processor.width());
      return new Scorer(model, processor);
    } catch (DiffusionException | RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static Path folder(Path folderOrFile) {
    Path absolute = folderOrFile.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    return Files.isDirectory(absolute) || parent == null ? absolute : parent;
  }

  PictureModel model() {
    return model;
  }

  /** The first of these outputs that the model has. */
  String output(List<String> names) throws DiffusionException {
    return names.stream()
        .filter(model.outputs()::contains)
        .findFirst()
        .orElseThrow(
            () ->
                model.unexpected(
                    "its outputs are %s, expected one of %s".formatted(model.outputs(), names)));
  }

  /** A row of an output for each picture, in their order. */
  List<float[]> rows(List<RgbImage> pictures, String output) throws DiffusionException {
    List<float[]> rows = new ArrayList<>();
    int batch = model.batch(BATCH);
    for (int from = 0; from < pictures.size(); from += batch) {
      List<RgbImage> some = pictures.subList(from, Math.min(from + batch, pictures.size()));
      rows.addAll(rows(some, PictureModel.Texts.NONE, output, null));
    }
    return rows;
  }

  /**
   * Rows of pictures that the model takes at once.
   *
   * @param textOutput which rows follow, one a text; null: none do
   */
  List<float[]> rows(
      List<RgbImage> pictures, PictureModel.Texts texts, String output, @Nullable String textOutput)
      throws DiffusionException {
    List<String> wanted = textOutput == null ? List.of(output) : List.of(output, textOutput);
    List<float[]> rows = new ArrayList<>();
    for (PictureModel.Output given : model.run(processor.pixelValues(pictures), texts, wanted)) {
      for (int i = 0; i < given.rows(); i++) {
        rows.add(given.row(i));
      }
    }
    return rows;
  }

  @Override
  public void close() {
    model.close();
  }
}
