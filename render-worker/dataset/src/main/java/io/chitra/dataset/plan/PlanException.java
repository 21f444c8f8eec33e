package io.chitra.dataset.plan;

/** Why a dataset cannot be packed as it was asked for, as a message for a person. */
public final class PlanException extends Exception {

  private static final long serialVersionUID = 1L;

  public PlanException(String message) {
    super(message);
  }
}
