/** Has pictures rendered again and compared with what is stored. */
@NullMarked
package io.chitra.cli.verify;

import org.jspecify.annotations.NullMarked;
