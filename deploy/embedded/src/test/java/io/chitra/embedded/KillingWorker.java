package io.chitra.embedded;

import io.chitra.diffusion.Environment;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.WorkerOptions;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/**
 * A worker in a process of its own, whose renderer kills the process at the prompt "kills", as a
 * crash in native code does. Its arguments: a file with its options, a folder for Flink.
 */
final class KillingWorker {

  static final String FATAL_PROMPT = "kills";
  static final int DEATH = 9;

  private KillingWorker() {}

  public static void main(String[] arguments) throws Exception {
    Properties read = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(arguments[0]))) {
      read.load(in);
    }
    Map<String, String> options = new HashMap<>();
    read.stringPropertyNames().forEach(name -> options.put(name, read.getProperty(name)));
    Parts parts =
        Parts.ofWorker().withRenderers((worker, store) -> new Killing(new StubRenderer()));
    try (EmbeddedFlink flink = EmbeddedFlink.start(Path.of(arguments[1]), Loopback.anyFree(), 1)) {
      CompletableFuture<Optional<String>> ended =
          flink.run(
              (env, worker) -> RenderTopology.build(env, worker, parts),
              WorkerOptions.parse(options));
      System.out.println("running");
      System.out.println("ended " + ended.get());
    }
    System.exit(1);
  }

  private record Killing(Renderer stub) implements Renderer {

    @Override
    public CompletableFuture<RenderedPicture> render(ImageTask task) {
      if (task.prompt().equals(FATAL_PROMPT)) {
        Runtime.getRuntime().halt(DEATH);
      }
      return stub.render(task);
    }

    @Override
    public CompletableFuture<Truncation> truncation(ImageTask task) {
      return stub.truncation(task);
    }

    @Override
    public int pixelVersion() {
      return stub.pixelVersion();
    }

    @Override
    public Environment environment() {
      return stub.environment();
    }

    @Override
    public void close() {
      stub.close();
    }
  }
}
