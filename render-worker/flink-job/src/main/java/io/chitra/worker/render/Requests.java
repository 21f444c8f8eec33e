package io.chitra.worker.render;

import static java.util.Objects.requireNonNull;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Guidance;
import io.chitra.diffusion.Lora;
import io.chitra.diffusion.MicroConditioning;
import io.chitra.diffusion.Prompts;
import io.chitra.diffusion.RenderRequest;
import io.chitra.diffusion.SamplerSettings;
import io.chitra.diffusion.Task;
import io.chitra.diffusion.Task.Unmasked;
import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.Margins;
import io.chitra.diffusion.image.MaskShape;
import io.chitra.diffusion.image.PictureReader;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.worker.task.ImageTask;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says in the engine's words what a task asks for, and reads the files that it names. All methods
 * block; safe for use by several threads.
 */
final class Requests {

  private final InputFiles files;
  private final InputLimits limits;
  private final PictureReader pictures;

  Requests(InputFiles files, InputLimits limits) {
    this.files = files;
    this.limits = limits;
    this.pictures = new PictureReader(limits.pictures());
  }

  RenderRequest request(ImageTask task)
      throws RenderException, DiffusionException, IOException, InterruptedException {
    RenderJob job = task.job();
    return new RenderRequest(
        task(task),
        new Prompts(
            task.prompt(), task.negativePrompt(), job.getPrompt2(), job.getNegativePrompt2()),
        new SamplerSettings(
            task.scheduler(),
            task.numInferenceSteps(),
            orElse(job.getTimesteps(), List.of()),
            orElse(job.getEta(), 0.0)),
        new Guidance(task.guidanceScale(), orElse(job.getGuidanceRescale(), 0.0)),
        microConditioning(task),
        task.seed(),
        task.width(),
        task.height());
  }

  /** The task's LoRAs, in its order. */
  List<Lora> loras(ImageTask task) throws RenderException, IOException, InterruptedException {
    List<Lora> loras = new ArrayList<>();
    for (io.chitra.schemas.Lora lora : task.loras()) {
      loras.add(new Lora(files.fetch(lora.getFile(), limits.maxLoraBytes()), lora.getScale()));
    }
    return loras;
  }

  private Task task(ImageTask task)
      throws RenderException, DiffusionException, IOException, InterruptedException {
    RenderJob job = task.job();
    return switch (task.kind()) {
      case TEXT_TO_IMAGE -> new Task.TextToImage();
      case IMAGE_TO_IMAGE -> new Task.ImageToImage(pictures.rgb(image(job)), task.strength());
      case INPAINTING ->
          new Task.Inpainting(
              pictures.rgb(image(job)),
              mask(task),
              task.strength(),
              job.getKeepUnmasked() ? Unmasked.KEPT : Unmasked.AS_RENDERED);
      case OUTPAINTING ->
          new Task.Outpainting(
              pictures.rgb(image(job)),
              margins(requireNonNull(job.getOutpaint())),
              task.strength());
    };
  }

  private byte[] image(RenderJob job) throws RenderException, IOException, InterruptedException {
    return picture(requireNonNull(job.getImage()));
  }

  private byte[] picture(InputFile file) throws RenderException, IOException, InterruptedException {
    return Files.readAllBytes(files.fetch(file, limits.pictures().maxFileBytes()));
  }

  private GrayImage mask(ImageTask task)
      throws RenderException, DiffusionException, IOException, InterruptedException {
    InputFile picture = task.job().getMaskImage();
    return picture != null
        ? pictures.gray(picture(picture))
        : shape(requireNonNull(task.job().getMask())).over(task.width(), task.height());
  }

  private static MaskShape shape(io.chitra.schemas.MaskShape mask) {
    Rectangle rectangle = mask.getRectangle();
    return rectangle != null
        ? new MaskShape.Rectangle(
            rectangle.getLeft(), rectangle.getTop(), rectangle.getWidth(), rectangle.getHeight())
        : new MaskShape.Polygon(
            requireNonNull(mask.getPolygon()).stream()
                .map(corner -> new MaskShape.Point(corner.getX(), corner.getY()))
                .toList());
  }

  private static Margins margins(Outpaint outpaint) {
    return new Margins(
        outpaint.getLeft(), outpaint.getRight(), outpaint.getTop(), outpaint.getBottom());
  }

  private static @Nullable MicroConditioning microConditioning(ImageTask task) {
    RenderJob job = task.job();
    if (job.getOriginalSize() == null
        && job.getTargetSize() == null
        && job.getCropsCoordsTopLeft() == null) {
      return null;
    }
    List<Integer> size = List.of(task.height(), task.width());
    List<Integer> original = orElse(job.getOriginalSize(), size);
    List<Integer> crop = orElse(job.getCropsCoordsTopLeft(), List.of(0, 0));
    List<Integer> target = orElse(job.getTargetSize(), size);
    return new MicroConditioning(
        original.get(0), original.get(1), crop.get(0), crop.get(1), target.get(0), target.get(1));
  }

  private static <T> T orElse(@Nullable T given, T otherwise) {
    return given != null ? given : otherwise;
  }
}
