package io.chitra.dataset.target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Where a dataset goes: a folder, or the part of a bucket under a prefix. Names have slashes and
 * never leave it. Files come into being whole or not at all. All methods block. Safe for use by
 * several threads.
 */
public interface Target extends AutoCloseable {

  /** Puts a file, in place of one that may be there. */
  void put(String name, byte[] bytes, String contentType) throws IOException;

  /** Likewise, from a file of any size. */
  void put(String name, Path file, String contentType) throws IOException;

  /** How many bytes a file has; empty when it is not there. */
  OptionalLong size(String name) throws IOException;

  /**
   * A small file's bytes.
   *
   * @throws java.nio.file.NoSuchFileException when it is not there
   */
  byte[] read(String name) throws IOException;

  /** The names that begin with this, in the order of their UTF-8 bytes. */
  Iterable<String> list(String prefix) throws IOException;

  /** Removes a file, which need not be there. */
  void delete(String name) throws IOException;

  /** For a person: a path, or {@code s3://BUCKET/PREFIX}. */
  @Override
  String toString();

  @Override
  void close();
}
