package io.chitra.benchmarks;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.EngineOptions;
import io.chitra.diffusion.Guidance;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.ModelSetup;
import io.chitra.diffusion.Picture;
import io.chitra.diffusion.Prompts;
import io.chitra.diffusion.RenderRequest;
import io.chitra.diffusion.SamplerSettings;
import io.chitra.diffusion.Task;
import io.chitra.diffusion.image.ColourMode;
import io.chitra.diffusion.image.DigitalSource;
import io.chitra.diffusion.image.PictureFile;
import io.chitra.diffusion.image.PictureFormat;
import io.chitra.diffusion.image.PictureText;
import io.chitra.diffusion.image.PixelTensors;
import io.chitra.diffusion.image.Pixels;
import io.chitra.diffusion.image.RgbImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What is done with a picture after the VAE, on one that the starter model has drawn. */
@SuppressWarnings("NullAway.Init") // JMH calls the method of @Setup first
public class PictureBenchmark extends Timed {

  private static final PictureText TEXT =
      new PictureText("a house and a tree", DigitalSource.TRAINED_ALGORITHMIC_MEDIA);

  /** Of the picture. */
  @Param({"256", "512"})
  int pixels;

  private Picture picture;

  /** The picture as the VAE's decoder gives it. */
  private FloatBuffer decoded;

  @Setup
  public void render() throws DiffusionException, IOException {
    RenderRequest request =
        new RenderRequest(
            new Task.TextToImage(),
            Prompts.of(TEXT.parameters(), null),
            SamplerSettings.of("DPMSolverMultistepScheduler", 8),
            Guidance.of(4),
            null,
            SEED,
            pixels,
            pixels);
    try (Engine engine = Engine.start(EngineOptions.defaults())) {
      picture = engine.render(ModelSetup.of(ModelFolder.open(Starter.folder())), request).join();
    }
    float[] tensor = PixelTensors.image(new RgbImage(pixels, pixels, picture.rgb()));
    decoded =
        ByteBuffer.allocateDirect(Float.BYTES * tensor.length)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(0, tensor);
  }

  @Benchmark
  public byte[] rgb() throws DiffusionException {
    return Pixels.rgb(decoded, pixels, pixels);
  }

  @Benchmark
  public String sha256() {
    return picture.pixelSha256();
  }

  @Benchmark
  public byte[] png() {
    return PictureFile.encode(picture, new PictureFormat.PngFormat(ColourMode.RGB), TEXT);
  }

  @Benchmark
  public byte[] jpeg() {
    return PictureFile.encode(picture, new PictureFormat.JpegFormat(ColourMode.RGB, 90), TEXT);
  }
}
