/** Exports of datasets: planned, handed to a cluster, published. */
@NullMarked
package io.chitra.cli.export;

import org.jspecify.annotations.NullMarked;
