package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.MachineException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaStartTest {
  @TempDir Path temp;

  @Test
  void takesUpItsDataAfterAKill() throws Exception {
    String topic;
    Producer<byte[], byte[]> open;
    try (ChildJvm first = startProcess()) {
      KafkaProbe kafka = probe(first);
      topic = kafka.newTopic(Map.of());
      kafka.commit(topic, "committed");
      open = kafka.transactional("worker");
      open.beginTransaction();
      KafkaProbe.send(open, topic, "open");
      first.kill();
    }
    open.close(Duration.ZERO);

    try (ChildJvm second = startProcess()) {
      KafkaProbe kafka = probe(second);
      kafka.transactional("worker").close();
      kafka.commit(topic, "after");
      assertEquals(List.of("committed", "after"), kafka.committed(topic));
    }
  }

  @Test
  void takenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.ADDRESS)) {
      int port = taken.getLocalPort();
      MachineException e =
          assertThrows(
              MachineException.class,
              () -> EmbeddedKafka.start(temp.resolve("kafka"), port, message -> {}));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("on port " + port), message);
      assertTrue(message.contains("the port is taken"), message);
    }
  }

  private ChildJvm startProcess() throws IOException {
    return ChildJvm.start(temp.resolve("logs"), KafkaProcess.class, temp.resolve("kafka"));
  }

  private static KafkaProbe probe(ChildJvm process) throws IOException {
    return new KafkaProbe(process.awaitLine("listening ").substring("listening ".length()));
  }
}
