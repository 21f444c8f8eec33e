package io.chitra.cli.machine;

/** Is told how far an export has come, by one thread. */
@FunctionalInterface
public interface ExportListener {

  /**
   * So far so much is done; less than before where a task had to begin again.
   *
   * @param bytes of the pictures as they are stored
   */
  void done(long pictures, long bytes);
}
