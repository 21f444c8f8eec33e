package io.chitra.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The names of a folder's files that begin with a prefix, in the order of their UTF-8 bytes: the
 * order in which a bucket lists them. Memory holds the entries of one folder on each level. Links
 * are not followed.
 */
public final class FolderListing implements Iterator<String> {

  private final Path root;
  private final String prefix;
  private final Deque<Iterator<String>> levels = new ArrayDeque<>();
  private @Nullable String next;

  /** Lists a folder, which need not be there. */
  public FolderListing(Path root, String prefix) {
    this.root = root;
    this.prefix = prefix;
    levels.push(entries(""));
    next = find();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public String next() {
    String name = next;
    if (name == null) {
      throw new NoSuchElementException();
    }
    next = find();
    return name;
  }

  private @Nullable String find() {
    while (!levels.isEmpty()) {
      Iterator<String> level = levels.element();
      if (!level.hasNext()) {
        levels.pop();
        continue;
      }
      String name = level.next();
      if (name.endsWith("/")) {
        levels.push(entries(name));
      } else {
        return name;
      }
    }
    return null;
  }

  /**
   * The wanted entries of a folder; folders end with a slash, which is what puts them into order.
   *
   * @param folder empty, or ending with a slash
   */
  private Iterator<String> entries(String folder) {
    try (Stream<Path> paths = Files.list(root.resolve(folder))) {
      List<String> names =
          paths
              .map(
                  path ->
                      folder
                          + path.getFileName()
                          + (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "/" : ""))
              .filter(
                  name ->
                      name.startsWith(prefix) || (name.endsWith("/") && prefix.startsWith(name)))
              .sorted(
                  (one, other) ->
                      Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8)))
              .toList();
      return names.iterator();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.<String>of().iterator();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + root.resolve(folder), e);
    }
  }
}
