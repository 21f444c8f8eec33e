package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.diffusion.DiffusionException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The VAE's decoder: latents to images. Owns its graph; safe for many threads. */
public final class VaeDecoder implements AutoCloseable {

  public static final String PART = "vae_decoder";

  private static final String LATENT_SAMPLE = "latent_sample";

  private final Graph graph;
  private final Precision precision;
  private final String output;
  private final int latentChannels;

  private VaeDecoder(Graph graph, int latentChannels) throws DiffusionException {
    this.graph = graph;
    this.latentChannels = latentChannels;
    graph.requireInputs(Set.of(LATENT_SAMPLE));
    graph.requireShape(LATENT_SAMPLE, 1, latentChannels, -1, -1);
    precision = graph.precision(LATENT_SAMPLE);
    output = graph.output("sample");
    graph.precision(output);
    graph.requireShape(output, 1, 3, -1, -1);
  }

  public static VaeDecoder open(OnnxRuntime runtime, Path model, int latentChannels)
      throws DiffusionException {
    return Graphs.open(
        runtime, GraphSource.read(model, PART), graph -> new VaeDecoder(graph, latentChannels));
  }

  /**
   * Decodes pictures of one size.
   *
   * @param latents for each picture channels x latentHeight x latentWidth, unscaled
   * @param batch the most pictures of a run, and where bits depend on the batch's size the pictures
   *     of every run; a graph whose batch is fixed to 1 runs them one by one
   * @return for each picture 3 x height x width
   */
  public List<FloatBuffer> decode(
      List<float[]> latents, int batch, int latentHeight, int latentWidth, int height, int width)
      throws DiffusionException {
    int most = graph.inputInfo(LATENT_SAMPLE).getShape()[0] == 1 ? 1 : batch;
    List<FloatBuffer> images = new ArrayList<>();
    for (int from = 0; from < latents.size(); from += most) {
      List<float[]> some = latents.subList(from, Math.min(from + most, latents.size()));
      int count = graph.runtime().bitsDependOnBatchSize() ? most : some.size();
      FloatBuffer decoded = run(some, count, latentHeight, latentWidth, height, width);
      int size = decoded.remaining() / count;
      for (int i = 0; i < some.size(); i++) {
        images.add(decoded.slice(i * size, size));
      }
    }
    return images;
  }

  private FloatBuffer run(
      List<float[]> latents, int count, int latentHeight, int latentWidth, int height, int width)
      throws DiffusionException {
    int size = latentChannels * latentHeight * latentWidth;
    FloatStore store = FloatStore.allocate(precision, Math.multiplyExact(count, size));
    for (int i = 0; i < latents.size(); i++) {
      store.put(i * size, latents.get(i));
    }
    long[] shape = {count, latentChannels, latentHeight, latentWidth};
    try (OnnxTensor sample = store.view(graph.runtime().environment(), 0, shape);
        OrtSession.Result result = graph.run(Map.of(LATENT_SAMPLE, sample), Set.of(output))) {
      OnnxTensor images = (OnnxTensor) result.get(0);
      long[] found = images.getInfo().getShape();
      long[] expected = {count, 3, height, width};
      if (!Arrays.equals(found, expected)) {
        throw graph.unexpected(
            "it decodes to %s, expected %s"
                .formatted(Arrays.toString(found), Arrays.toString(expected)));
      }
      return images.getFloatBuffer();
    } catch (OrtException e) {
      throw OnnxRuntime.failure("decode latents", e);
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
