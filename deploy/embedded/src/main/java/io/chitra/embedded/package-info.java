/**
 * One JVM with a real Kafka broker, a real S3 endpoint and Flink, on loopback, keeping all they
 * know under one state folder.
 */
@NullMarked
package io.chitra.embedded;

import org.jspecify.annotations.NullMarked;
