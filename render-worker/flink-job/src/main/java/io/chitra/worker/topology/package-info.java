/**
 * The Flink job: joins plan, render, store and record. Read {@link
 * io.chitra.worker.topology.RenderTopology} first.
 */
@NullMarked
package io.chitra.worker.topology;

import org.jspecify.annotations.NullMarked;
