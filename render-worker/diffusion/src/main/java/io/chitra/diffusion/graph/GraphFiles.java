package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A graph's file, and the files beside it that hold its weights: none of them outside of its
 * folder, whatever the graph says and wherever links lead. Used by one thread, while a graph is
 * read.
 */
final class GraphFiles {

  /** A file of weights, and how many bytes it has. */
  record Weights(Path file, long size) {}

  private final Path graph;
  private final String source;
  private final Map<String, Weights> weights = new HashMap<>();

  private GraphFiles(Path graph, String source) {
    this.graph = graph;
    this.source = source;
  }

  /** The files of a graph that may be behind a link: the link's target tells the folder. */
  static GraphFiles of(Path graph) throws DiffusionException {
    Path parent = graph.getParent();
    String name = graph.getFileName().toString();
    String source = parent == null ? name : parent.getFileName() + "/" + name;
    try {
      return new GraphFiles(graph.toRealPath(), source);
    } catch (IOException e) {
      throw DiffusionException.permanent("Cannot read %s: %s".formatted(source, e), e);
    }
  }

  /** The graph's own file. */
  Path graph() {
    return graph;
  }

  /** The folder that all of the files are in. */
  Path folder() {
    return graph.resolveSibling(".").normalize();
  }

  /** Of the graph's file in its folder. */
  String name() {
    return graph.getFileName().toString();
  }

  /** The graph's file for messages to people: folder and name. */
  String source() {
    return source;
  }

  /** The graph's file, mapped into memory. */
  ByteBuffer map() throws DiffusionException {
    try (FileChannel channel = FileChannel.open(graph)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw failure(
            "it has %d bytes, and a graph has 2 GB at most; export it with external data"
                .formatted(channel.size()));
      }
      return channel.map(MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw DiffusionException.permanent("Cannot read %s: %s".formatted(source, e), e);
    }
  }

  /**
   * A file of weights.
   *
   * @param tensor that asks for it, for messages to people
   * @throws DiffusionException permanent, when it is not there or not in the graph's folder
   */
  Weights weights(String location, String tensor) throws DiffusionException {
    Weights known = weights.get(location);
    if (known != null) {
      return known;
    }
    try {
      Path folder = folder();
      Path file = folder.resolve(location);
      if (!file.normalize().startsWith(folder) || !file.toRealPath().startsWith(folder)) {
        throw failure(
            "the weights of tensor %s are in '%s', outside of its folder"
                .formatted(tensor, location));
      }
      if (!Files.isRegularFile(file)) {
        throw failure("the weights of tensor %s are in no file: '%s'".formatted(tensor, location));
      }
      Weights found = new Weights(file, Files.size(file));
      weights.put(location, found);
      return found;
    } catch (IOException | InvalidPathException e) {
      throw DiffusionException.permanent(
          "Cannot read %s: the weights of tensor %s are in '%s', which cannot be opened: %s"
              .formatted(source, tensor, location, e),
          e);
    }
  }

  private DiffusionException failure(String why) {
    return DiffusionException.permanent("Cannot read %s: %s".formatted(source, why));
  }
}
