package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.Finding;
import io.chitra.cli.machine.Finding.Level;
import io.chitra.cli.machine.StackOptions;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
  private static final long GIB = 1L << 30;

  @TempDir Path temp;

  @Test
  void looksAtEverythingAndLeavesNothingBehind() throws Exception {
    Path state = temp.resolve("state");
    List<Finding> findings = new Doctor(new StackOptions(state, 0, 0, 0)).findings();
    assertEquals(
        List.of(
            "java",
            "platform",
            "cores",
            "memory",
            "heap",
            "disk",
            "state folder",
            "file attributes",
            "temp folder",
            "kafka port",
            "s3 port",
            "flink port",
            "gpu"),
        findings.stream().map(Finding::subject).toList());
    for (Finding finding : findings) {
      assertEquals(finding.level() == Level.OK, finding.advice().isEmpty(), finding.toString());
    }
    try (var left = Files.list(temp)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, OK",
    "Linux, aarch64, OK",
    "Mac OS X, aarch64, OK",
    "Mac OS X, x86_64, PROBLEM",
    "Windows 11, amd64, OK",
    "Linux, riscv64, PROBLEM"
  })
  void platforms(String os, String arch, Level expected) {
    assertEquals(expected, Doctor.platform(os, arch).level());
  }

  @Test
  void amounts() {
    assertEquals(Level.PROBLEM, Doctor.java(11).level());
    assertEquals(Level.OK, Doctor.java(21).level());
    assertEquals(Level.NOTE, Doctor.cores(1).level());
    assertEquals(Level.OK, Doctor.cores(2).level());
    assertEquals(Level.PROBLEM, Doctor.memory(GIB).level());
    assertEquals(Level.NOTE, Doctor.memory(3 * GIB).level());
    assertEquals(Level.OK, Doctor.memory(8 * GIB).level());
    assertEquals(Level.PROBLEM, Doctor.heap(GIB / 4).level());
    assertEquals(Level.OK, Doctor.heap(GIB).level());
  }

  @Test
  void foreignStateFolderIsAProblem() throws Exception {
    Files.writeString(temp.resolve("photo.jpg"), "");
    assertEquals(Level.PROBLEM, Doctor.state(temp).level());
  }

  @Test
  void missingTempFolderIsAProblem() {
    assertEquals(Level.PROBLEM, Doctor.temp(temp.resolve("missing")).level());
  }

  @Test
  void takenPorts() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.ADDRESS)) {
      int port = taken.getLocalPort();
      assertEquals(Level.PROBLEM, Doctor.port("s3 port", port, 1, Optional.empty()).level());
      assertEquals(Level.NOTE, Doctor.port("s3 port", 0, port, Optional.empty()).level());
      assertEquals(Level.OK, Doctor.port("s3 port", 0, port, Optional.of(port)).level());
    }
  }

  @Test
  void gpuLibrariesThatAreMissingAreNamed() throws Exception {
    Path driver = Files.writeString(temp.resolve("version"), "NVRM");
    Files.writeString(temp.resolve("libcudart.so.12"), "");
    Files.writeString(temp.resolve("libcublas.so.12"), "");
    Finding without = Doctor.gpu(driver, List.of(temp));
    assertTrue(without.found().contains("without libcudnn.so.9"), without.found());

    Files.writeString(temp.resolve("libcudnn.so.9"), "");
    assertTrue(Doctor.gpu(driver, List.of(temp)).found().contains("cuDNN 9"));
    assertEquals(Level.OK, Doctor.gpu(temp.resolve("none"), List.of(temp)).level());
  }

  @Test
  void libraryPathComesFirst() {
    List<Path> folders = Doctor.libraryFolders(Map.of("LD_LIBRARY_PATH", "/opt/a::/opt/b"));
    assertEquals(List.of(Path.of("/opt/a"), Path.of("/opt/b")), folders.subList(0, 2));
  }
}
