/** A dataset on one page: what it holds, how its pictures look, what failed, what made it. */
@NullMarked
package io.chitra.cli.report;

import org.jspecify.annotations.NullMarked;
