package io.chitra.dataset.pack;

import org.jspecify.annotations.Nullable;

/**
 * One shard's place in its dataset.
 *
 * @param split {@code train}, {@code validation}, {@code test}; null: the dataset has no splits
 * @param number within the split, from 0
 * @param count how many shards the split has
 * @param className of all its pictures, where shards are made by class; null elsewhere
 * @param rows how many pictures it has
 */
public record Shard(
    @Nullable String split, int number, int count, @Nullable String className, int rows) {}
