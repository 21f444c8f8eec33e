package io.chitra.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaTransportTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9092",
        "127.0.0.1:9092",
        "127.3.4.5:1, localhost:2",
        "[::1]:9092",
        "PLAINTEXT://127.0.0.1:9092"
      })
  void onThisMachineNothingNeedsToBeSaid(String servers) {
    assertEquals(Optional.empty(), KafkaTransport.refusal(servers, Map.of(), ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"broker.invalid:9092", "10.0.0.1:9092", "localhost:1,10.0.0.1:9092", ":9092", ""})
  void beyondItTheProtocolIsChosen(String servers) {
    assertTrue(KafkaTransport.refusal(servers, Map.of("acks", "all"), "").isPresent());
    assertEquals(
        Optional.empty(),
        KafkaTransport.refusal(servers, Map.of("security.protocol", "PLAINTEXT"), ""));
    assertEquals(
        Optional.empty(),
        KafkaTransport.refusal(servers, Map.of("security.protocol", "SASL_SSL"), ""));
  }

  @Test
  void theMessageSaysWhatToSet() {
    assertEquals(
        "Cannot use Kafka at 10.0.0.1:9092: it is not on this machine, and nothing says how to talk"
            + " to it. Set chitra.kafka.properties.security.protocol to SSL or SASL_SSL, or to"
            + " PLAINTEXT if everybody on the way may read and change it",
        KafkaTransport.refusal("10.0.0.1:9092", Map.of(), "chitra.kafka.properties.")
            .orElseThrow());
  }
}
