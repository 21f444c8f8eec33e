package io.chitra.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file, held against the other threads of this process and against other processes; the
 * operating system takes it from a process that dies. The file is made where there is none, and
 * stays. Closed by the thread that took it.
 */
final class PathLock implements AutoCloseable {

  /** A file lock is the whole process's: its threads are kept apart by these. */
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final ReentrantLock threads;
  private final FileChannel channel;

  private PathLock(ReentrantLock threads, FileChannel channel) {
    this.threads = threads;
    this.channel = channel;
  }

  /** Waits for the lock. */
  static PathLock take(Path file) throws IOException {
    ReentrantLock threads = threads(file);
    threads.lock();
    return locked(threads, file, FileChannel::lock)
        .orElseThrow(() -> new IOException("the system gave no lock on " + file));
  }

  /** The lock, if nobody has it. */
  static Optional<PathLock> tryTake(Path file) throws IOException {
    ReentrantLock threads = threads(file);
    return threads.tryLock() ? locked(threads, file, FileChannel::tryLock) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      threads.unlock();
    }
  }

  private static ReentrantLock threads(Path file) {
    return THREADS.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new ReentrantLock());
  }

  @FunctionalInterface
  private interface Locking {
    @Nullable FileLock lock(FileChannel channel) throws IOException;
  }

  /** Takes the file's lock for who holds the threads' lock, which is given back without it. */
  private static Optional<PathLock> locked(ReentrantLock threads, Path file, Locking locking)
      throws IOException {
    PathLock taken = null;
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (locking.lock(channel) != null) {
        taken = new PathLock(threads, channel);
      }
      return Optional.ofNullable(taken);
    } finally {
      if (taken == null) {
        threads.unlock();
        if (channel != null) {
          channel.close();
        }
      }
    }
  }
}
