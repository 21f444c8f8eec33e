package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.WorkerSettings;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LocalWorkerTest {
  static Stream<Arguments> incomplete() {
    return Stream.of(
        Arguments.of(Map.of(), "chitra.kafka.bootstrap-servers is not set"),
        Arguments.of(
            Map.of("chitra.kafka.bootstrap-servers", "broker:9092"),
            "chitra.checkpoint.directory is not set"),
        Arguments.of(Map.of("chitra.kafka.servers", "broker:9092"), "chitra.kafka.servers"));
  }

  @ParameterizedTest
  @MethodSource("incomplete")
  void settingsThatAreMissingOrUnknownAreNamed(Map<String, String> options, String why) {
    WorkerSettings settings = new WorkerSettings(options);
    MachineException e = assertThrows(MachineException.class, () -> LocalWorker.run(settings));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
  }
}
