package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.diffusion.DiffusionException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** The VAE's decoder: latents to an image. Owns its graph; safe for many threads. */
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
   * @param latents channels x latentHeight x latentWidth, unscaled
   * @return 3 x height x width
   */
  public FloatBuffer decode(
      float[] latents, int latentHeight, int latentWidth, int height, int width)
      throws DiffusionException {
    long[] shape = {1, latentChannels, latentHeight, latentWidth};
    FloatStore store = FloatStore.allocate(precision, latents.length);
    store.put(0, latents);
    try (OnnxTensor sample = store.view(graph.runtime().environment(), shape);
        OrtSession.Result result = graph.run(Map.of(LATENT_SAMPLE, sample), Set.of(output))) {
      OnnxTensor image = (OnnxTensor) result.get(0);
      long[] found = image.getInfo().getShape();
      long[] expected = {1, 3, height, width};
      if (!Arrays.equals(found, expected)) {
        throw graph.unexpected(
            "it decodes to %s, expected %s"
                .formatted(Arrays.toString(found), Arrays.toString(expected)));
      }
      return image.getFloatBuffer();
    } catch (OrtException e) {
      throw OnnxRuntime.failure("decode latents", e);
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
