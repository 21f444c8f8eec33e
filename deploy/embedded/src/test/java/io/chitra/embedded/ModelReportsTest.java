package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.ModelReport;
import io.chitra.starter.StarterModel;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelReportsTest {
  @TempDir Path temp;

  @Test
  void starterModelIsRead() throws Exception {
    ModelReport report = ModelReports.inspect(StarterModel.unpack(temp.resolve("model")));
    assertTrue(report.digest().matches("[0-9a-f]{64}"), report.digest());
    assertEquals("StableDiffusionPipeline", report.pipeline());
    assertEquals("DDIMScheduler", report.scheduler());
    assertEquals(8, report.sizeFactor());
    assertEquals(256, report.width());
    Set<String> parts =
        report.parts().stream().map(ModelReport.Part::name).collect(Collectors.toSet());
    assertTrue(parts.containsAll(Set.of("text_encoder", "unet", "vae_decoder")), parts.toString());
    long bytes = report.parts().stream().mapToLong(ModelReport.Part::bytes).sum();
    assertTrue(report.bytes() >= bytes, report.toString());
  }

  @Test
  void folderThatIsNoModelIsRefused() {
    MachineException e = assertThrows(MachineException.class, () -> ModelReports.inspect(temp));
    assertTrue(String.valueOf(e.getMessage()).contains(temp.toString()), e.getMessage());
  }
}
