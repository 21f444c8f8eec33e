/** What commands read and write, as OpenLineage events. */
@NullMarked
package io.chitra.cli.lineage;

import org.jspecify.annotations.NullMarked;
