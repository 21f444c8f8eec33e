package io.chitra.dataset.target;

import io.chitra.store.FolderListing;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A dataset in a folder, which comes into being with its first file. Files are written under {@link
 * Target#WORK} and moved to their names when they are on the disk; what a crash leaves there goes
 * with the rest of the work. Folders that are empty are removed.
 */
final class FolderTarget implements Target {

  private final Path root;

  /**
   * @param root absolute
   */
  FolderTarget(Path root) {
    this.root = root;
  }

  private interface Source {
    void writeTo(FileChannel out) throws IOException;
  }

  /** Brings a file that is written to its name. */
  private interface Landing {
    void bring(Path part, Path file) throws IOException;
  }

  @Override
  public void put(String name, byte[] bytes, String contentType) throws IOException {
    put(name, out -> Channels.newOutputStream(out).write(bytes), FolderTarget::replace);
  }

  @Override
  public void put(String name, Path file, String contentType) throws IOException {
    put(name, out -> copy(file, out), FolderTarget::replace);
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes, String contentType) throws IOException {
    try {
      put(name, out -> Channels.newOutputStream(out).write(bytes), FolderTarget::link);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Within the system's kernel, where it can do that. */
  private static void copy(Path file, FileChannel out) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long done = 0;
      while (done < in.size()) {
        done += in.transferTo(done, in.size() - done, out);
      }
    }
  }

  private static void replace(Path part, Path file) throws IOException {
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A link, unlike a move, fails where a file is. Some file systems have none. */
  private static void link(Path part, Path file) throws IOException {
    try {
      Files.createLink(file, part);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.move(part, file);
      return;
    }
    Files.delete(part);
  }

  private void put(String name, Source source, Landing landing) throws IOException {
    Path file = file(name);
    Path parts = root.resolve(WORK);
    Path part = parts.resolve("part-" + UUID.randomUUID());
    try {
      try (FileChannel out = create(parts, part)) {
        source.writeTo(out);
        out.force(true);
      }
      bring(part, file, landing);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(part);
      throw e;
    } finally {
      removeIfEmpty(parts);
    }
    sync(folder(file));
  }

  /** Another thread may remove the folder, being empty, just before. */
  private static FileChannel create(Path parts, Path part) throws IOException {
    while (true) {
      try {
        makeFolder(parts);
        return FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (NoSuchFileException removed) {
        Thread.onSpinWait();
      }
    }
  }

  private static void bring(Path part, Path file, Landing landing) throws IOException {
    while (true) {
      try {
        makeFolder(folder(file));
        landing.bring(part, file);
        return;
      } catch (NoSuchFileException removed) {
        if (!Files.exists(part)) {
          throw removed;
        }
      }
    }
  }

  /** As often as another thread removes it, being empty, on the way. */
  private static void makeFolder(Path folder) throws IOException {
    while (!Files.isDirectory(folder)) {
      try {
        Files.createDirectories(folder);
      } catch (NoSuchFileException removed) {
        Thread.onSpinWait();
      } catch (FileAlreadyExistsException e) {
        if (Files.isRegularFile(Path.of(e.getFile()))) {
          throw e;
        }
      }
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException | NoSuchFileException e) {
      // Windows opens no folders; a folder that another thread has emptied needs none
    }
  }

  @Override
  public OptionalLong size(String name) throws IOException {
    Path file = file(name);
    return Files.isRegularFile(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
  }

  @Override
  public byte[] read(String name) throws IOException {
    return Files.readAllBytes(file(name));
  }

  @Override
  public void download(String name, Path to) throws IOException {
    Files.copy(file(name), to, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public Iterable<String> list(String prefix) {
    return () -> new FolderListing(root, prefix);
  }

  @Override
  public void delete(String name) throws IOException {
    Path file = file(name);
    if (Files.deleteIfExists(file)) {
      Path folder = folder(file);
      while (!folder.equals(root) && removeIfEmpty(folder)) {
        folder = folder(folder);
      }
    }
  }

  private static boolean removeIfEmpty(Path folder) throws IOException {
    try {
      return Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException notEmpty) {
      return false;
    }
  }

  /** The folder that a file of the target lies in. */
  private static Path folder(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  private Path file(String name) {
    Path file = root.resolve(Names.checked(name)).normalize();
    if (!file.startsWith(root)) {
      throw new IllegalArgumentException(
          "Cannot use '%s' as a name within %s: it leads out of it".formatted(name, root));
    }
    return file;
  }

  @Override
  public String toString() {
    return root.toString();
  }

  @Override
  public void close() {}
}
