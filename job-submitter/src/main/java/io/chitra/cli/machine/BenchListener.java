package io.chitra.cli.machine;

/** Is told how far a benchmark has come, by one thread. */
public interface BenchListener {

  /**
   * A measurement begins; the one before has ended.
   *
   * @param what is measured, as "engine alone"
   * @param pictures that it will make
   */
  void begins(String what, long pictures);

  /** So many pictures of it are made. */
  void made(long pictures);
}
