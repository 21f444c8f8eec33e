/** The {@code chitra} command line: one class a command, joined in {@link io.chitra.cli.Main}. */
@NullMarked
package io.chitra.cli;

import org.jspecify.annotations.NullMarked;
