/** Whether records, objects and submissions agree, and mending it where they do not. */
@NullMarked
package io.chitra.cli.check;

import org.jspecify.annotations.NullMarked;
