/** From the bytes of one Kafka record to the pictures it asks for, or to a dead letter. */
@NullMarked
package io.chitra.worker.plan;

import org.jspecify.annotations.NullMarked;
