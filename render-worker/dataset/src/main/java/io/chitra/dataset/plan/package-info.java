/**
 * What goes where in a dataset that is exported: splits, order and shards, pinned in files before
 * the first byte of the dataset.
 */
@NullMarked
package io.chitra.dataset.plan;

import org.jspecify.annotations.NullMarked;
