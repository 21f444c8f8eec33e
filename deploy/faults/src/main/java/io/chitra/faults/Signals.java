package io.chitra.faults;

import java.io.IOException;

/** What the system can do to a process. */
final class Signals {

  private Signals() {}

  /** SIGKILL; returns when the process is gone. */
  static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGSTOP: the process neither runs nor answers, and does not know. */
  static void stop(ProcessHandle process) throws IOException, InterruptedException {
    send("-STOP", process);
  }

  /** SIGCONT: it goes on as if nothing had been. */
  static void wake(ProcessHandle process) throws IOException, InterruptedException {
    send("-CONT", process);
  }

  private static void send(String signal, ProcessHandle process)
      throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new IOException("Cannot send " + signal + " to process " + process.pid());
    }
  }
}
