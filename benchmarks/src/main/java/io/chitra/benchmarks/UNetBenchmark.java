package io.chitra.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.diffusion.noise.TorchGenerator;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One step of the starter model's UNet for one picture of 256 x 256 with guidance, so two rows, by
 * ONNX Runtime alone on all cores: what the other parts are small or large beside.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the method of @Setup first
public class UNetBenchmark extends Timed {

  private static final int ROWS = 2;

  private OrtSession session;
  private Map<String, OnnxTensor> inputs;

  @Setup
  public void open() throws OrtException, IOException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      // as the engine has it
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      String graph = Starter.folder().resolve("unet/model.onnx").toString();
      session = environment.createSession(graph, options);
    }
    inputs =
        Map.of(
            "sample", normal(environment, ROWS, 4, 32, 32),
            "timestep", OnnxTensor.createTensor(environment, new float[] {500, 500}),
            "encoder_hidden_states", normal(environment, ROWS, 77, 256));
  }

  private static OnnxTensor normal(OrtEnvironment environment, long... shape) throws OrtException {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new TorchGenerator(SEED).randn(size);
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
  }

  @TearDown
  public void close() throws OrtException {
    inputs.values().forEach(OnnxTensor::close);
    session.close();
  }

  @Benchmark
  public void step() throws OrtException {
    session.run(inputs).close();
  }
}
