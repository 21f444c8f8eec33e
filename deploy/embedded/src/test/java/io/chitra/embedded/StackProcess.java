package io.chitra.embedded;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackOptions;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A stack in a process of its own, started or attached to. Says where it is, then closes it at a
 * line of input, or ends with it.
 */
final class StackProcess {
  private StackProcess() {}

  public static void main(String[] arguments) throws Exception {
    StackOptions options = new StackOptions(Path.of(arguments[0]), 0, 0, 0);
    int exit = 0;
    try (LocalStack stack = new EmbeddedMachine().openStack(options)) {
      StackAddresses addresses = stack.addresses();
      System.out.printf(
          "%s %s %s %s%n",
          stack.attached() ? "attached" : "started",
          addresses.kafka(),
          addresses.s3Endpoint(),
          addresses.flinkUi());
      closeAtALine(stack);
      stack.await();
      System.out.println("closed");
    } catch (MachineException e) {
      System.out.println(e.getMessage());
      exit = 1;
    }
    System.out.println("leaving");
    System.exit(exit);
  }

  private static void closeAtALine(LocalStack stack) {
    Thread reader =
        new Thread(
            () -> {
              try {
                if (System.in.read() >= 0) {
                  stack.close();
                }
              } catch (IOException e) {
                stack.close();
              }
            });
    reader.setDaemon(true);
    reader.start();
  }
}
