/** How the command line reaches a running worker: over the REST interface of its Flink. */
@NullMarked
package io.chitra.cli.flink;

import org.jspecify.annotations.NullMarked;
