package io.chitra.worker.topology;

import java.io.Serializable;

/**
 * Is told when the terminal events of a checkpoint become visible: around each commit of its
 * transactions. Called by the thread that commits.
 */
public interface CommitListener extends Serializable {

  /** Is told and does nothing. */
  CommitListener NONE = new CommitListener() {};

  /** The checkpoint is complete, none of these transactions is committed. */
  default void beforeCommit() {}

  /** All of these transactions are committed. */
  default void afterCommit() {}
}
