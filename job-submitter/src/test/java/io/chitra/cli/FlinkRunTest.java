package io.chitra.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlinkRunTest {

  @Test
  void optionsAreWordsOfAShellAndSecretsAreLeftOut() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("chitra.export.target", "s3://datasets/it's mine");
    options.put("chitra.s3.bucket", "chitra");
    options.put("chitra.s3.access-key", "AK");
    options.put("chitra.s3.secret-key", "SECRET");
    options.put("chitra.kafka.properties.security.protocol", "SASL_SSL");
    options.put("chitra.kafka.properties.sasl.jaas.config", "password");

    assertEquals(
        """
        flink run -c io.chitra.worker.topology.ExportMain chitra-flink-job.jar \\
            --chitra.export.target 's3://datasets/it'\\''s mine' \\
            --chitra.s3.bucket chitra \\
            --chitra.kafka.properties.security.protocol SASL_SSL\
        """,
        FlinkRun.line("ExportMain", options));
  }
}
