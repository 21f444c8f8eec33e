/** What has failed or was cancelled: looking at it, and asking for it again. */
@NullMarked
package io.chitra.cli.letters;

import org.jspecify.annotations.NullMarked;
