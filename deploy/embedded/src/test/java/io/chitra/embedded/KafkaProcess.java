package io.chitra.embedded;

import java.nio.file.Path;

/** A broker in a process of its own, to be killed. Says where it listens, then stays. */
final class KafkaProcess {
  private KafkaProcess() {}

  public static void main(String[] arguments) throws Exception {
    EmbeddedKafka kafka =
        EmbeddedKafka.start(Path.of(arguments[0]), Loopback.anyFree(), System.out::println);
    System.out.println("listening " + kafka.bootstrapServers());
    Thread.currentThread().join();
  }
}
