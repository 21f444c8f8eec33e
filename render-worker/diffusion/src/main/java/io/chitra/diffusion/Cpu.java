package io.chitra.diffusion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The processor, as far as kernels are chosen by it. */
final class Cpu {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** The instruction sets that ONNX Runtime's kernels (MLAS) ask for, on x86 and on Arm. */
  private static final List<String> DECIDING =
      List.of(
          "avx",
          "fma",
          "avx2",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512dq",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "amx_tile",
          "amx_int8",
          "asimd",
          "asimdhp",
          "asimddp",
          "bf16",
          "i8mm",
          "sve");

  private Cpu() {}

  /**
   * As {@code cpu amd64 avx+fma+avx2}; the instruction sets are told where the system tells them.
   */
  static String describe() {
    return "cpu %s %s".formatted(System.getProperty("os.arch"), instructionSets(cpuInfo()));
  }

  private static List<String> cpuInfo() {
    try {
      return Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  static String instructionSets(List<String> cpuInfo) {
    Set<String> present =
        cpuInfo.stream()
            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
            .limit(1)
            .flatMap(
                line -> List.of(line.substring(line.indexOf(':') + 1).trim().split(" ")).stream())
            .collect(Collectors.toSet());
    String deciding = DECIDING.stream().filter(present::contains).collect(Collectors.joining("+"));
    return deciding.isEmpty() ? "unknown" : deciding;
  }
}
