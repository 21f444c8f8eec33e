/**
 * From a picture to its object in S3, put once, and back from the object to what the record says.
 */
@NullMarked
package io.chitra.worker.store;

import org.jspecify.annotations.NullMarked;
