package io.chitra.dataset.target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Where a dataset goes: a folder, or the part of a bucket under a prefix. Names have slashes and
 * never leave it. Files come into being whole or not at all, and last once a method has returned.
 * All methods block. Safe for use by several threads.
 */
public interface Target extends AutoCloseable {

  /** What the names of all that is there only while an export goes on begin with. */
  String WORK = ".chitra/";

  /** Puts a file, in place of one that may be there. */
  void put(String name, byte[] bytes, String contentType) throws IOException;

  /**
   * Puts a file, unless one is there.
   *
   * @return whether it is this one that is there now. Stores that do not honour conditional puts
   *     may say so to two at once; the later one's file stays.
   */
  boolean putIfAbsent(String name, byte[] bytes, String contentType) throws IOException;

  /** Puts a file of any size, in place of one that may be there. */
  void put(String name, Path file, String contentType) throws IOException;

  /** How many bytes a file has; empty when it is not there. */
  OptionalLong size(String name) throws IOException;

  /**
   * A file's bytes, in memory.
   *
   * @throws java.nio.file.NoSuchFileException when it is not there
   */
  byte[] read(String name) throws IOException;

  /**
   * Writes a file's bytes, of any size, to another.
   *
   * @throws java.nio.file.NoSuchFileException when it is not there
   */
  void download(String name, Path to) throws IOException;

  /**
   * The names that begin with this, in the order of their UTF-8 bytes. Iterating reads piece by
   * piece, and throws {@link java.io.UncheckedIOException}.
   */
  Iterable<String> list(String prefix);

  /** Removes a file, which need not be there. */
  void delete(String name) throws IOException;

  /** For a person: a path, or {@code s3://BUCKET/PREFIX}. */
  @Override
  String toString();

  @Override
  void close();
}
