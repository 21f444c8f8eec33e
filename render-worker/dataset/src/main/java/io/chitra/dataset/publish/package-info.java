/** What lies beside a dataset's shards: its manifest, card, checksums, tables and annotations. */
@NullMarked
package io.chitra.dataset.publish;

import org.jspecify.annotations.NullMarked;
