package io.chitra.dataset.pack;

import java.nio.file.Path;

/**
 * A file of a finished shard.
 *
 * @param name within the dataset, with slashes
 * @param file where it lies now
 * @param contentType its media type
 */
public record ShardFile(String name, Path file, String contentType) {}
