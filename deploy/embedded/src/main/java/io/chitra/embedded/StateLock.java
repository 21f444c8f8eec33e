package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A lock on a file that the system drops with the process that holds it, however that ends. Never
 * taken twice on one file in one JVM: closing one there would drop the other.
 */
final class StateLock implements AutoCloseable {
  /** How a file is locked: by one process alone, or by several that only keep others out. */
  enum Mode {
    ALONE,
    SHARED
  }

  private final FileChannel channel;

  private StateLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the lock, unless other processes hold it. */
  static Optional<StateLock> tryAcquire(Path file, Mode mode) throws MachineException {
    try {
      FileChannel channel = open(file);
      FileLock lock = null;
      try {
        lock = channel.tryLock(0, Long.MAX_VALUE, mode == Mode.SHARED);
      } finally {
        if (lock == null) {
          channel.close();
        }
      }
      return lock == null ? Optional.empty() : Optional.of(new StateLock(channel));
    } catch (IOException e) {
      throw Failures.cannot("lock " + file, e);
    }
  }

  /** Waits until no other process holds the lock, and takes it. */
  static StateLock acquireAlone(Path file) throws MachineException {
    try {
      FileChannel channel = open(file);
      FileLock lock = null;
      try {
        lock = channel.lock();
      } finally {
        if (lock == null) {
          channel.close();
        }
      }
      return new StateLock(channel);
    } catch (IOException e) {
      throw Failures.cannot("lock " + file, e);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot release a lock", e);
    }
  }
}
