package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.diffusion.DiffusionException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * The VAE's encoder: an image to the distribution of its latents. Owns its graph; safe for many
 * threads.
 */
public final class VaeEncoder implements AutoCloseable {

  public static final String PART = "vae_encoder";

  private static final String SAMPLE = "sample";
  private static final String PARAMETERS = "latent_parameters";

  private final Graph graph;
  private final Precision precision;
  private final int latentChannels;

  private VaeEncoder(Graph graph, int latentChannels) throws DiffusionException {
    this.graph = graph;
    this.latentChannels = latentChannels;
    graph.requireInputs(Set.of(SAMPLE));
    graph.requireShape(SAMPLE, 1, 3, -1, -1);
    precision = graph.precision(SAMPLE);
    if (!graph.outputs().containsKey(PARAMETERS)) {
      throw graph.unexpected(
          "its outputs are %s, expected %s: it draws its noise inside, without a seed; export it anew"
              .formatted(graph.outputs().keySet(), PARAMETERS));
    }
    graph.precision(PARAMETERS);
    graph.requireShape(PARAMETERS, 1, 2L * latentChannels, -1, -1);
  }

  public static VaeEncoder open(OnnxRuntime runtime, Path model, int latentChannels)
      throws DiffusionException {
    return Graphs.open(
        runtime, GraphSource.read(model, PART), graph -> new VaeEncoder(graph, latentChannels));
  }

  /**
   * @param image 3 x height x width values, -1 to 1
   * @return the means, then the logarithms of the variances: twice latentChannels x latentHeight x
   *     latentWidth values
   */
  public float[] encode(float[] image, int height, int width, int latentHeight, int latentWidth)
      throws DiffusionException {
    FloatStore store = FloatStore.allocate(precision, image.length);
    store.put(0, image);
    try (OnnxTensor sample =
            store.view(graph.runtime().environment(), 0, new long[] {1, 3, height, width});
        OrtSession.Result result = graph.run(Map.of(SAMPLE, sample), Set.of(PARAMETERS))) {
      OnnxTensor parameters = (OnnxTensor) result.get(0);
      long[] found = parameters.getInfo().getShape();
      long[] expected = {1, 2L * latentChannels, latentHeight, latentWidth};
      if (!Arrays.equals(found, expected)) {
        throw graph.unexpected(
            "it encodes to %s, expected %s"
                .formatted(Arrays.toString(found), Arrays.toString(expected)));
      }
      return Graph.floats(parameters);
    } catch (OrtException e) {
      throw OnnxRuntime.failure("encode an image", e);
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
