/**
 * The records that travel through Kafka, generated from the Avro schemas, and {@link
 * io.chitra.schemas.Codec}, which turns them into bytes and back.
 */
@NullMarked
package io.chitra.schemas;

import org.jspecify.annotations.NullMarked;
