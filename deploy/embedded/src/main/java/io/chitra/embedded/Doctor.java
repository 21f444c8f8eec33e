package io.chitra.embedded;

import io.chitra.cli.machine.Finding;
import io.chitra.cli.machine.Finding.Level;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackOptions;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks at what is on this machine and what the stack needs. Each check is small, changes nothing,
 * and gets what it judges from the caller.
 */
final class Doctor {
  private static final long GIB = 1L << 30;
  private static final int LEAST_JAVA = 17;
  private static final int GOOD_CORES = 2;
  private static final long LEAST_HEAP = GIB / 2;
  private static final long GOOD_HEAP = GIB * 3 / 4;
  private static final long LEAST_MEMORY = 2 * GIB;
  private static final long GOOD_MEMORY = 4 * GIB;
  private static final long GOOD_DISK = 5 * GIB;

  /** What ONNX Runtime and the tokenizers bring native code for. */
  private static final Set<String> PLATFORMS =
      Set.of("linux-x64", "linux-aarch64", "osx-aarch64", "win-x64");

  /** What ONNX Runtime's CUDA provider loads. */
  private static final List<String> GPU_LIBRARIES =
      List.of("libcudart.so.12", "libcublas.so.12", "libcudnn.so.9");

  private final StackOptions options;

  Doctor(StackOptions options) {
    this.options = options;
  }

  List<Finding> findings() {
    com.sun.management.OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    Runtime runtime = Runtime.getRuntime();
    Path state = nearestFolder(options.state());
    List<Finding> findings = new ArrayList<>();
    findings.add(java(Runtime.version().feature()));
    findings.add(platform(System.getProperty("os.name"), System.getProperty("os.arch")));
    findings.add(cores(runtime.availableProcessors()));
    findings.add(memory(system.getTotalMemorySize()));
    findings.add(heap(runtime.maxMemory()));
    findings.add(disk(state));
    findings.add(state(options.state()));
    findings.add(attributes(state));
    findings.add(temp(Path.of(System.getProperty("java.io.tmpdir"))));
    findings.addAll(ports());
    findings.add(gpu(Path.of("/proc/driver/nvidia/version"), libraryFolders(System.getenv())));
    return List.copyOf(findings);
  }

  static Finding java(int feature) {
    return feature >= LEAST_JAVA
        ? ok("java", "version " + feature)
        : problem("java", "version " + feature, "install a JDK " + LEAST_JAVA + " or newer");
  }

  static Finding platform(String os, String arch) {
    String system = os.toLowerCase(Locale.ROOT);
    String family =
        system.startsWith("mac") ? "osx" : system.startsWith("windows") ? "win" : system;
    String processor =
        switch (arch) {
          case "amd64", "x86_64" -> "x64";
          case "arm64" -> "aarch64";
          default -> arch;
        };
    String platform = family + "-" + processor;
    return PLATFORMS.contains(platform)
        ? ok("platform", platform)
        : problem(
            "platform",
            platform,
            "ONNX Runtime comes for "
                + String.join(", ", PLATFORMS.stream().sorted().toList())
                + "; use one of these, in a container or a virtual machine");
  }

  static Finding cores(int cores) {
    return cores >= GOOD_CORES
        ? ok("cores", "" + cores)
        : note("cores", "" + cores, "pictures take their time; two or more are better");
  }

  static Finding memory(long bytes) {
    String advice = "close other programs or use a larger machine; 4 GiB are comfortable";
    return graded("memory", size(bytes), bytes, LEAST_MEMORY, GOOD_MEMORY, advice);
  }

  static Finding heap(long bytes) {
    String advice = "give Java more with CHITRA_JAVA_OPTS=-Xmx2g";
    return graded("heap", size(bytes), bytes, LEAST_HEAP, GOOD_HEAP, advice);
  }

  static Finding disk(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      long free = store.getUsableSpace();
      String found = "%s free for %s (%s)".formatted(size(free), folder, store.type());
      String advice = "free some space, or choose a folder on another disk with --state";
      return graded("disk", found, free, StateFolder.LEAST_FREE_BYTES, GOOD_DISK, advice);
    } catch (IOException e) {
      return problem("disk", Failures.why(e), "choose another folder with --state");
    }
  }

  private static Finding graded(
      String subject, String found, long value, long least, long good, String advice) {
    if (value >= good) {
      return ok(subject, found);
    }
    return value >= least ? note(subject, found, advice) : problem(subject, found, advice);
  }

  static Finding state(Path folder) {
    try {
      StateFolder.look(folder);
      return ok("state folder", folder + (Files.exists(folder) ? "" : " (will be made)"));
    } catch (MachineException e) {
      return problem(
          "state folder", String.valueOf(e.getMessage()), "choose another folder with --state");
    }
  }

  static Finding attributes(Path folder) {
    try {
      Path probe = Files.createTempFile(folder, ".chitra", ".probe");
      try {
        StagedBlobStore.requireAttributes(probe);
      } finally {
        Files.delete(probe);
      }
      return ok("file attributes", "kept in " + folder);
    } catch (IOException e) {
      return problem(
          "file attributes", Failures.why(e), "choose a folder on a local disk with --state");
    }
  }

  static Finding temp(Path folder) {
    try {
      Files.delete(Files.createTempFile(folder, "chitra", ".probe"));
      return ok("temp folder", folder.toString());
    } catch (IOException e) {
      return problem(
          "temp folder",
          "%s cannot be written to: %s".formatted(folder, Failures.why(e)),
          "name another one with CHITRA_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
    }
  }

  private List<Finding> ports() {
    Optional<StackAddresses> running = running();
    return List.of(
        port(
            "kafka port",
            options.kafkaPort(),
            Ports.KAFKA,
            running.map(stack -> URI.create("kafka://" + stack.kafka()).getPort())),
        port(
            "s3 port",
            options.s3Port(),
            Ports.S3,
            running.map(stack -> stack.s3Endpoint().getPort())),
        port(
            "flink port",
            options.flinkPort(),
            Ports.FLINK,
            running.map(stack -> stack.flinkUi().getPort())));
  }

  private Optional<StackAddresses> running() {
    try {
      return new StackFile(new StateFolder(options.state()).stackFile())
          .read()
          .filter(AttachedStack::answers);
    } catch (MachineException e) {
      return Optional.empty();
    }
  }

  /**
   * @param asked the port asked for, or 0
   * @param ours where the stack on this state folder listens, if it runs
   */
  static Finding port(String subject, int asked, int usual, Optional<Integer> ours) {
    if (ours.isPresent()) {
      return ok(subject, ours.get() + ", our stack listens");
    }
    int wanted = asked == 0 ? usual : asked;
    if (Loopback.isFree(wanted)) {
      return ok(subject, wanted + " is free");
    }
    return asked == 0
        ? note(subject, wanted + " is taken", "another one is chosen at the start")
        : problem(subject, wanted + " is taken", "choose another one");
  }

  /**
   * @param driver the file by which NVIDIA's driver tells that it is there
   * @param folders where the system looks for libraries
   */
  static Finding gpu(Path driver, List<Path> folders) {
    if (!Files.exists(driver)) {
      return ok("gpu", "no NVIDIA driver; pictures are made on the CPU");
    }
    List<String> missing =
        GPU_LIBRARIES.stream()
            .filter(library -> folders.stream().noneMatch(f -> Files.exists(f.resolve(library))))
            .toList();
    return missing.isEmpty()
        ? note(
            "gpu",
            "NVIDIA driver, CUDA 12 and cuDNN 9",
            "pictures are made on the CPU all the same: this build has ONNX Runtime for CPUs")
        : note(
            "gpu",
            "NVIDIA driver, without " + String.join(", ", missing),
            "pictures are made on the CPU; for the GPU install CUDA 12 and cuDNN 9, or put their"
                + " folders on LD_LIBRARY_PATH");
  }

  static List<Path> libraryFolders(Map<String, String> environment) {
    String configured = environment.getOrDefault("LD_LIBRARY_PATH", "");
    return Stream.concat(
            Stream.of(configured.split(File.pathSeparator)).filter(part -> !part.isBlank()),
            Stream.of(
                "/usr/local/cuda/lib64",
                "/usr/lib/x86_64-linux-gnu",
                "/usr/lib/aarch64-linux-gnu",
                "/usr/lib64"))
        .map(Path::of)
        .toList();
  }

  private static Path nearestFolder(Path path) {
    Path folder = path.toAbsolutePath();
    while (!Files.isDirectory(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
  }

  private static Finding ok(String subject, String found) {
    return new Finding(subject, Level.OK, found, "");
  }

  private static Finding note(String subject, String found, String advice) {
    return new Finding(subject, Level.NOTE, found, advice);
  }

  private static Finding problem(String subject, String found, String advice) {
    return new Finding(subject, Level.PROBLEM, found, advice);
  }
}
