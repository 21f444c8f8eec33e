package io.chitra.cli.machine;

/** What the machine could not do, as a message for a person. */
public final class MachineException extends Exception {
  private static final long serialVersionUID = 1L;

  public MachineException(String message) {
    super(message);
  }

  public MachineException(String message, Throwable cause) {
    super(message, cause);
  }
}
