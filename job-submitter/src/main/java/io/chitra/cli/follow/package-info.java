/** From submissions to their ends: what has come of each picture. */
@NullMarked
package io.chitra.cli.follow;

import org.jspecify.annotations.NullMarked;
