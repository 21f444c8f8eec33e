package io.chitra.dataset.plan;

import io.chitra.dataset.pack.Shard;

/**
 * A shard that is to be made.
 *
 * @param id its place among all shards of the dataset, from 0
 * @param bytes of its pictures as they are stored
 */
public record PlannedShard(int id, Shard shard, long bytes) {}
