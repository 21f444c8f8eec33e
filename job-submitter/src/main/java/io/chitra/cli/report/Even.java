package io.chitra.cli.report;

/** Picks so many of a number of things, evenly: always the same ones, the first among them. */
record Even(long picked, long of) {

  /** Whether the thing at a position, from 0, is among them. */
  boolean includes(long position) {
    if (picked >= of) {
      return true;
    }
    return position == 0 ? picked > 0 : position * picked / of > (position - 1) * picked / of;
  }
}
