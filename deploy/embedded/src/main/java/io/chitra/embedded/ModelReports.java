package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.ModelReport;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.model.ModelInspection;
import io.chitra.store.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Tells what is in a model's folder. */
final class ModelReports {
  private ModelReports() {}

  static ModelReport inspect(Path folder) throws MachineException {
    try {
      ModelInspection model = Engine.inspect(ModelFolder.open(folder));
      List<ModelReport.Part> parts =
          model.parts().stream()
              .map(
                  part ->
                      new ModelReport.Part(
                          part.name(),
                          part.precision(),
                          part.bytes(),
                          part.inputs(),
                          part.outputs()))
              .toList();
      return new ModelReport(
          ModelDigest.of(folder),
          model.pipeline(),
          model.scheduler(),
          model.sizeFactor(),
          model.width(),
          model.height(),
          bytes(folder),
          parts);
    } catch (DiffusionException | IOException e) {
      throw Failures.cannot("read the model in " + folder, e);
    }
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
