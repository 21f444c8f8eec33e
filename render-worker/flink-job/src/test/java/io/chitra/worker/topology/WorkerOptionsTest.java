package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class WorkerOptionsTest {

  @Test
  void areReadWithTheirTypes() {
    Configuration options =
        WorkerOptions.parse(
            Map.of(
                "chitra.kafka.bootstrap-servers", "localhost:9092",
                "chitra.render.rows", "16",
                "chitra.checkpoint.interval", "2 s",
                "chitra.kafka.properties.security.protocol", "SSL",
                "taskmanager.numberOfTaskSlots", "2"));

    assertEquals(16, options.get(WorkerOptions.RENDER_ROWS));
    assertEquals(Duration.ofSeconds(2), options.get(WorkerOptions.CHECKPOINT_INTERVAL));
    assertEquals("SSL", Clients.kafka(options).getProperty("security.protocol"));
    assertEquals("localhost:9092", Clients.kafka(options).getProperty("bootstrap.servers"));
  }

  @Test
  void aNameThatIsNoneIsRefused() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> WorkerOptions.parse(Map.of("chitra.render.row", "16")));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("Cannot set chitra.render.row:"), e.getMessage());
  }

  @Test
  void aValueOfTheWrongTypeIsRefusedWithTheValue() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> WorkerOptions.parse(Map.of("chitra.render.rows", "many")));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("Cannot set chitra.render.rows to many"),
        e.getMessage());
  }

  @Test
  void everyOneIsDescribed() {
    assertFalse(WorkerOptions.all().isEmpty());
    for (ConfigOption<?> option : WorkerOptions.all()) {
      assertTrue(option.key().startsWith("chitra."), option.key());
      assertFalse(ConfigurationReference.description(option).isBlank(), option.key());
    }
  }

  @Test
  void argumentsComeInPairs() {
    assertEquals(
        Map.of("a", "1", "b", "2=3"), WorkerMain.pairs(new String[] {"--a", "1", "--b=2=3"}));
    assertThrows(IllegalArgumentException.class, () -> WorkerMain.pairs(new String[] {"--a"}));
    assertThrows(IllegalArgumentException.class, () -> WorkerMain.pairs(new String[] {"a", "1"}));
  }
}
