package io.chitra.worker.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.EngineOptions;
import io.chitra.diffusion.image.PictureLimits;
import io.chitra.input.HttpsDownload;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.ModelFacts;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import io.chitra.starter.StarterModel;
import io.chitra.store.LocalS3;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.worker.Jobs;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the starter model, the real engine and a real S3 endpoint. */
@Timeout(300)
class DiffusionRendererTest {

  @TempDir private static Path bucket;
  @TempDir private static Path folder;

  private static LocalS3 s3;
  private static ObjectStore objects;
  private static DiffusionRenderer renderer;
  private static ModelFacts facts;
  private static InputFile picture;

  @BeforeAll
  static void start() throws Exception {
    s3 = LocalS3.start(bucket);
    objects = S3ObjectStore.open(s3.config());
    objects.ensureBucket().join();
    Path model = StarterModel.unpack(folder.resolve("starter"));
    ModelRepository models = new ModelRepository(objects, folder.resolve("cache"), 1L << 40);
    String digest = models.push(model, (file, done, total) -> {});
    facts = ModelFacts.read(model, digest, "starter");
    picture = put(png());
    InputFiles files =
        new InputFiles(
            objects,
            HttpsDownload.client().build(),
            uri -> false,
            address -> false,
            folder.resolve("inputs"),
            1 << 20);
    renderer =
        new DiffusionRenderer(
            models,
            files,
            new InputLimits(PictureLimits.DEFAULTS, 1 << 20),
            Engine.start(EngineOptions.defaults()));
  }

  @AfterAll
  static void stop() throws Exception {
    renderer.close();
    objects.close();
    s3.close();
  }

  private static InputFile put(byte[] bytes) {
    String digest = Sha256.of(bytes);
    objects.put("inputs/" + digest, bytes, "application/octet-stream", Map.of()).join();
    return new InputFile("s3://chitra/inputs/" + digest, digest);
  }

  private static byte[] png() throws Exception {
    BufferedImage image = new BufferedImage(72, 64, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 72; x++) {
        image.setRGB(x, y, x << 16 | y << 8 | x + y);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  @Test
  void aPictureThatIsCancelledLeavesTheEngine() throws Exception {
    int steps = 1000;
    CompletableFuture<RenderedPicture> picture =
        renderer.render(task(job -> job.setNumInferenceSteps(steps)));
    long runs = renderer.stats().runs();
    while (renderer.stats().runs() < runs + 2) {
      Thread.sleep(1);
    }

    picture.cancel(false);

    while (renderer.stats().denoising() > 0) {
      Thread.sleep(1);
    }
    assertTrue(renderer.stats().runs() < runs + steps, renderer.stats().toString());
  }

  private static ImageTask task(UnaryOperator<RenderJob.Builder> change) throws Exception {
    RenderJob job =
        change
            .apply(
                Jobs.job()
                    .setModelDigest(facts.digest())
                    .setNumInferenceSteps(2)
                    .setWidth(72)
                    .setHeight(64))
            .build();
    return Jobs.task(JobRules.resolve(job, facts, JobLimits.defaults()), 0);
  }

  private static BufferedImage decoded(RenderedPicture rendered) throws Exception {
    return ImageIO.read(new ByteArrayInputStream(rendered.file()));
  }

  private static boolean mentions(RenderedPicture rendered, String text) {
    return new String(rendered.file(), StandardCharsets.ISO_8859_1).contains(text);
  }

  @Test
  void aTextBecomesAPng() throws Exception {
    RenderedPicture rendered = renderer.render(task(job -> job)).join();

    assertEquals("image/png", rendered.contentType());
    assertEquals(72, decoded(rendered).getWidth());
    assertTrue(mentions(rendered, "newscodes/digitalsourcetype/trainedAlgorithmicMedia"));
  }

  @Test
  void aGivenPictureBecomesAGreyJpegThatSaysSo() throws Exception {
    RenderedPicture rendered =
        renderer
            .render(
                task(
                    job ->
                        job.setImage(picture)
                            .setStrength(1.0)
                            .setOutputFormat("jpeg")
                            .setOutputMode("L")))
            .join();

    assertEquals("image/jpeg", rendered.contentType());
    assertEquals(1, decoded(rendered).getRaster().getNumBands());
    assertTrue(mentions(rendered, "compositeWithTrainedAlgorithmicMedia"));
  }

  @Test
  void anOutpaintingKeepsTheGivenPixels() throws Exception {
    RenderedPicture rendered =
        renderer
            .render(task(job -> job.setImage(picture).setOutpaint(new Outpaint(16, 0, 8, 0))))
            .join();

    BufferedImage image = decoded(rendered);
    assertEquals(88, image.getWidth());
    assertEquals(72, image.getHeight());
    BufferedImage given = ImageIO.read(new ByteArrayInputStream(png()));
    assertArrayEquals(
        given.getRGB(0, 0, 72, 64, null, 0, 72), image.getRGB(16, 8, 72, 64, null, 0, 72));
  }

  @Test
  void aVaeOfItsOwnMayBeTheSame() throws Exception {
    RenderedPicture own = renderer.render(task(job -> job)).join();
    RenderedPicture swapped =
        renderer.render(task(job -> job.setVae(new Vae(facts.digest(), null)))).join();

    assertEquals(own.pixelSha256(), swapped.pixelSha256());
  }

  @Test
  void whatCanNeverBeMadeIsSaidToBe() throws Exception {
    InputFile text = put("no picture".getBytes(StandardCharsets.UTF_8));
    for (ImageTask task :
        List.of(
            task(job -> job.setImage(text).setStrength(1.0)),
            task(job -> job.setImage(Jobs.file("12")).setStrength(1.0)),
            task(job -> job.setVae(new Vae("cd".repeat(32), null))))) {
      CompletionException e =
          assertThrows(CompletionException.class, () -> renderer.render(task).join());
      assertInstanceOf(RenderException.class, e.getCause(), e.toString());
    }
  }

  @Test
  void whatIsCutOffIsNamed() throws Exception {
    Truncation truncation =
        renderer
            .truncation(
                task(job -> job.setPrompt("cat ".repeat(100) + "dog").setNegativePrompt("b")))
            .join();

    assertTrue(String.valueOf(truncation.prompt()).endsWith("dog"), truncation.toString());
    assertNull(truncation.negativePrompt());
    assertNull(truncation.prompt2());
  }
}
