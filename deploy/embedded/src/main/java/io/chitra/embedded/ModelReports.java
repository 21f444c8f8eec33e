package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.ModelReport;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.model.ModelInspection;
import io.chitra.job.SchedulerName;
import io.chitra.store.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Tells what is in a model's folder. */
final class ModelReports {
  private ModelReports() {}

  static ModelReport inspect(Path folder) throws MachineException {
    try {
      ModelInspection model = Engine.inspect(ModelFolder.open(folder));
      List<ModelReport.Part> parts = new ArrayList<>();
      for (ModelInspection.Part part : model.parts()) {
        parts.add(
            new ModelReport.Part(
                part.name(),
                part.precision(),
                part.bytes(),
                ModelDigest.sha256(folder.resolve(part.name()).resolve("model.onnx")),
                part.inputs(),
                part.outputs(),
                part.notes()));
      }
      return new ModelReport(
          ModelDigest.of(folder),
          model.pipeline(),
          model.layout(),
          model.scheduler(),
          Arrays.stream(SchedulerName.values()).map(SchedulerName::shortName).toList(),
          model.sizeFactor(),
          model.width(),
          model.height(),
          bytes(folder),
          model.residentBytes(),
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
