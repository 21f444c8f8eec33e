/**
 * Looks at what a dataset has come to, with a Kafka client and a few signed HTTP requests of its
 * own, and decides whether every picture has exactly one terminal event and every record its
 * object. Shares no code with the rest of Chitra: it reads the schemas as files.
 */
@NullMarked
package io.chitra.checker;

import org.jspecify.annotations.NullMarked;
