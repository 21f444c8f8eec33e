package io.chitra.embedded.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the machine is, and what memory this process has had; some of it only Linux tells. */
final class Machine {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Facts by name, for people. */
  static Map<String, String> facts() {
    com.sun.management.OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("cpu", field(CPU_INFO, "model name").orElse("not known"));
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory_bytes", Long.toString(system.getTotalMemorySize()));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("arch", System.getProperty("os.arch"));
    facts.put("java", Runtime.version().toString());
    return facts;
  }

  /** The most memory that this process has had; null where the system does not tell. */
  static @Nullable Long peakMemoryBytes() {
    return field(STATUS, "VmHWM")
        .map(text -> Long.parseLong(text.replace("kB", "").strip()) * 1024)
        .orElse(null);
  }

  /** The sum of what each part of the heap has had at most. */
  static long peakHeapBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  private static Optional<String> field(Path file, String name) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      return Optional.empty();
    }
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }
}
