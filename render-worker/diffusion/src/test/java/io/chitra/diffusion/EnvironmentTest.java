package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  @Test
  void classIsADigestOfWhatDecidesBits() {
    Environment here =
        new Environment(Map.of("engine", "0.1.0", "pixel_version", "1", "device", "cpu"));
    Environment upgraded =
        new Environment(Map.of("engine", "0.2.0", "pixel_version", "1", "device", "cpu"));
    Environment elsewhere =
        new Environment(Map.of("engine", "0.1.0", "pixel_version", "1", "device", "gpu"));

    // printf 'device=cpu\npixel_version=1\n' | sha256sum
    assertEquals("b1010569edfa", here.environmentClass());
    assertEquals(here.environmentClass(), upgraded.environmentClass());
    assertNotEquals(here.environmentClass(), elsewhere.environmentClass());
  }

  @Test
  void processorsDifferByTheInstructionSetsThatKernelsAreChosenBy() {
    assertEquals(
        "avx+fma+avx2+avx512f+avx512_vnni",
        Cpu.instructionSets(
            List.of(
                "processor : 0",
                "flags\t\t: fpu avx512_vnni fma sse2 avx avx2 avx512f",
                "flags : fpu")));
    assertEquals(
        "asimd+asimddp", Cpu.instructionSets(List.of("Features\t: fp asimd crc32 asimddp")));
    assertEquals("unknown", Cpu.instructionSets(List.of()));
  }

  @Test
  void versionIsTheProjects() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    int at = pom.indexOf("<version>") + "<version>".length();
    assertEquals(pom.substring(at, pom.indexOf("</version>")), Engine.VERSION);
  }
}
