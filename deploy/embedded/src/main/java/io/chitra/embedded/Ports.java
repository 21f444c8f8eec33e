package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackOptions;
import java.util.HashSet;
import java.util.Set;

/** Where the servers of one stack listen. */
record Ports(int kafka, int s3, int flink) {
  static final int KAFKA = 19_092;
  static final int S3 = 19_000;
  static final int FLINK = 18_081;

  static final String KAFKA_NAME = "Kafka";
  static final String S3_NAME = "the S3 endpoint";
  static final String FLINK_NAME = "Flink's web page";

  /**
   * The ports asked for; where none was, the usual one, or a free one when that is taken.
   *
   * @throws MachineException when a port asked for is taken
   */
  static Ports choose(StackOptions options) throws MachineException {
    Set<Integer> chosen = new HashSet<>();
    return new Ports(
        choose(KAFKA_NAME, "--kafka-port", options.kafkaPort(), KAFKA, chosen),
        choose(S3_NAME, "--s3-port", options.s3Port(), S3, chosen),
        choose(FLINK_NAME, "--flink-port", options.flinkPort(), FLINK, chosen));
  }

  /** Likewise, of Flink's web page on a worker. */
  static int ofWorker(int asked) throws MachineException {
    return choose(FLINK_NAME, "rest.port", asked, FLINK, new HashSet<>());
  }

  private static int choose(String server, String option, int asked, int usual, Set<Integer> chosen)
      throws MachineException {
    int wanted = asked == 0 ? usual : asked;
    if (Loopback.isFree(wanted) && chosen.add(wanted)) {
      return wanted;
    }
    if (asked != 0) {
      throw new MachineException(
          "Cannot start %s on port %d: the port is taken; choose another one with %s, or leave that out"
              .formatted(server, asked, option));
    }
    int other = move(server, usual);
    chosen.add(other);
    return other;
  }

  private static int move(String server, int taken) throws MachineException {
    int other = Loopback.anyFree();
    Notice.say("Port %d is taken, so %s listens on %d".formatted(taken, server, other));
    return other;
  }

  /** Something that listens on a port. */
  interface Server<T> {
    T start(int port) throws MachineException;
  }

  /**
   * Starts a server on its chosen port; on another one where that was not asked for and a process
   * has taken it since.
   */
  static <T> T start(String name, int asked, int chosen, Server<T> server) throws MachineException {
    try {
      return server.start(chosen);
    } catch (MachineException e) {
      if (asked != 0 || Loopback.isFree(chosen)) {
        throw e;
      }
      return server.start(move(name, chosen));
    }
  }
}
