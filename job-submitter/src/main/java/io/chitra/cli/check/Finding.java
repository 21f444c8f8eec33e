package io.chitra.cli.check;

import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.Place;

/** Pictures of a submission that are not as they should be. */
public record Finding(Kind kind, Place submission, Indexes indexes) {

  /** What can be wrong. */
  public enum Kind {
    /** No terminal event covers them, and no newer submission asks for them. */
    NOT_ENDED,
    /** More than one terminal event covers them. */
    ENDED_TWICE,
    /** A terminal event covers them that nobody asked for. */
    NOT_ASKED,
    /** They have a record, and there is no such object. */
    MISSING_OBJECT,
    /** The object has another length than the record says. */
    WRONG_LENGTH,
    /** The object has another SHA-256 than the record says. */
    WRONG_HASH;

    /** Whether the object is to blame. */
    public boolean ofObject() {
      return this == MISSING_OBJECT || this == WRONG_LENGTH || this == WRONG_HASH;
    }
  }
}
