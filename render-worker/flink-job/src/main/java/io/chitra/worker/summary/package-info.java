/** What has come of each submission so far, summed up from the topics. */
@NullMarked
package io.chitra.worker.summary;

import org.jspecify.annotations.NullMarked;
