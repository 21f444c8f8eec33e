/** Files that jobs name: where they may lie, and how those on the web are read. */
@NullMarked
package io.chitra.input;

import org.jspecify.annotations.NullMarked;
