package io.chitra.cli.follow;

import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;

/**
 * What is told of the pictures of a run as they end. Called by the thread that follows.
 *
 * @param <E> why listening can fail
 */
public interface Ends<E extends Exception> {

  /**
   * A picture is made.
   *
   * @param position its place in the run
   * @param partition of the topic of results
   * @param offset in it
   * @param value the record as it lies there
   */
  void made(int position, ImageRecord picture, int partition, long offset, byte[] value)
      throws E, InterruptedException;

  /**
   * Pictures have failed for good.
   *
   * @param pictures how many, at least one
   */
  void failed(DeadLetter why, int pictures) throws E;

  /**
   * Pictures were cancelled.
   *
   * @param pictures how many, at least one
   */
  void cancelled(CancelledRange range, int pictures) throws E;

  /** Called several times a second, whether something has ended or not. */
  void tick() throws E;
}
