package io.chitra.dataset;

import java.io.IOException;

/** The rows of a dataset in their order, to be read as often as wanted. */
public interface Rows {

  long size();

  /** The row at a position, from 0. */
  DatasetRow at(long position) throws IOException;
}
