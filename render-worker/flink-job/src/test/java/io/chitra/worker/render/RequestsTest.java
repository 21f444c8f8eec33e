package io.chitra.worker.render;

import static io.chitra.worker.Jobs.job;
import static io.chitra.worker.Jobs.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Guidance;
import io.chitra.diffusion.MicroConditioning;
import io.chitra.diffusion.Prompts;
import io.chitra.diffusion.RenderRequest;
import io.chitra.diffusion.SamplerSettings;
import io.chitra.diffusion.Task;
import io.chitra.diffusion.image.Margins;
import io.chitra.diffusion.image.PictureLimits;
import io.chitra.input.HttpsDownload;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.store.LocalS3;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.worker.Jobs;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real S3 endpoint. */
@Timeout(60)
class RequestsTest {

  @TempDir private static Path bucket;
  @TempDir private static Path cache;

  private static LocalS3 s3;
  private static ObjectStore objects;
  private static InputFile house;
  private static InputFile mask;
  private static InputFile text;
  private static Requests requests;

  @BeforeAll
  static void start() throws Exception {
    s3 = LocalS3.start(bucket);
    objects = S3ObjectStore.open(s3.config());
    objects.ensureBucket().join();
    house = put(png(40, 24, 0x00ff8040));
    mask = put(png(40, 24, 0x00ffffff));
    text = put("no picture".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    InputFiles files =
        new InputFiles(
            objects,
            HttpsDownload.client().build(),
            uri -> false,
            address -> false,
            cache,
            1 << 20);
    requests = new Requests(files, new InputLimits(PictureLimits.DEFAULTS, 100));
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    s3.close();
  }

  private static InputFile put(byte[] bytes) {
    String digest = Sha256.of(bytes);
    objects.put("inputs/" + digest, bytes, "application/octet-stream", Map.of()).join();
    return new InputFile("s3://chitra/inputs/" + digest, digest);
  }

  private static byte[] png(int width, int height, int rgb) throws Exception {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static RenderJob.Builder given() {
    return job().setImage(house).setWidth(64).setHeight(32).setStrength(0.5);
  }

  private static Task taskOf(RenderJob.Builder job) throws Exception {
    return requests.request(task(job, 0)).task();
  }

  @Test
  void aPlainTaskAsksForNothingElse() throws Exception {
    assertEquals(
        new RenderRequest(
            new Task.TextToImage(),
            new Prompts("নীল বিড়াল", "flat style", null, null),
            new SamplerSettings("DDIMScheduler", 20, List.of(), 0),
            new Guidance(7.0, 0),
            null,
            8,
            256,
            256),
        requests.request(task(job(), 1)));
  }

  @Test
  void theFinerControlsAreThere() throws Exception {
    RenderJob job =
        Jobs.resolved(
            job()
                .setPrompt2("a dog")
                .setNegativePrompt2("b")
                .setScheduler("dpmpp_2m_sde")
                .setTimesteps(List.of(999, 1))
                .setGuidanceRescale(0.7)
                .setCropsCoordsTopLeft(List.of(1, 2))
                .setOriginalSize(List.of(3, 4)),
            Jobs.XL_MODEL);
    RenderRequest request = requests.request(task(job, 0));

    assertEquals(new Prompts("নীল বিড়াল", "flat style", "a dog", "b"), request.prompts());
    assertEquals(new SamplerSettings("dpmpp_2m_sde", 2, List.of(999, 1), 0), request.sampler());
    assertEquals(new Guidance(7.0, 0.7), request.guidance());
    assertEquals(new MicroConditioning(3, 4, 1, 2, 256, 256), request.microConditioning());
    assertNull(requests.request(task(job(), 0)).microConditioning());
    assertEquals(0.5, requests.request(task(job().setEta(0.5), 0)).sampler().eta());
  }

  @Test
  void aGivenPictureIsRead() throws Exception {
    Task.ImageToImage task = assertInstanceOf(Task.ImageToImage.class, taskOf(given()));

    assertEquals(0.5, task.strength());
    assertEquals(40, task.image().width());
    assertEquals(24, task.image().height());
    assertEquals((byte) 0x80, task.image().rgb()[1]);
  }

  @Test
  void aMaskIsAPictureOrAShape() throws Exception {
    Task.Inpainting picture =
        assertInstanceOf(Task.Inpainting.class, taskOf(given().setMaskImage(mask)));
    assertEquals(40, picture.mask().width());
    assertEquals((byte) 255, picture.mask().gray()[0]);
    assertEquals(Task.Unmasked.AS_RENDERED, picture.unmasked());

    Task.Inpainting shape =
        assertInstanceOf(
            Task.Inpainting.class,
            taskOf(
                given()
                    .setMask(new MaskShape(new Rectangle(1, 0, 2, 1), null))
                    .setKeepUnmasked(true)));
    assertEquals(64, shape.mask().width());
    assertEquals(32, shape.mask().height());
    assertEquals(0, shape.mask().gray()[0]);
    assertEquals((byte) 255, shape.mask().gray()[1]);
    assertEquals((byte) 255, shape.mask().gray()[2]);
    assertEquals(0, shape.mask().gray()[3]);
    assertEquals(Task.Unmasked.KEPT, shape.unmasked());

    List<Point> corners =
        List.of(new Point(0, 0), new Point(64, 0), new Point(64, 32), new Point(0, 32));
    Task.Inpainting all =
        assertInstanceOf(
            Task.Inpainting.class, taskOf(given().setMask(new MaskShape(null, corners))));
    for (byte level : all.mask().gray()) {
      assertEquals((byte) 255, level);
    }
  }

  @Test
  void theCanvasOfAnOutpaintingIsTheRequests() throws Exception {
    RenderRequest request =
        requests.request(task(given().setOutpaint(new Outpaint(8, 16, 24, 32)), 0));

    assertEquals(64 + 24, request.width());
    assertEquals(32 + 56, request.height());
    Task.Outpainting task = assertInstanceOf(Task.Outpainting.class, request.task());
    assertEquals(new Margins(8, 16, 24, 32), task.margins());
  }

  @Test
  void lorasAreFilesHere() throws Exception {
    var loras =
        requests.loras(
            task(job().setLoras(List.of(new Lora(text, 0.5, "a"), new Lora(text, 1.0, null))), 0));

    assertEquals(List.of(0.5, 1.0), loras.stream().map(lora -> lora.scale()).toList());
    assertEquals("no picture", Files.readString(loras.get(0).file()));
    InputFile large = put(new byte[101]);
    assertThrows(
        RenderException.class,
        () -> requests.loras(task(job().setLoras(List.of(new Lora(large, 1.0, null))), 0)));
  }

  @Test
  void whatIsNoPictureIsRefused() {
    DiffusionException e =
        assertThrows(DiffusionException.class, () -> taskOf(given().setImage(text)));

    assertEquals(true, e.permanent());
  }
}
