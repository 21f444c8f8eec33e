/** Packs shards of datasets: pictures fetched, checked, changed where asked, and written. */
@NullMarked
package io.chitra.worker.export;

import org.jspecify.annotations.NullMarked;
