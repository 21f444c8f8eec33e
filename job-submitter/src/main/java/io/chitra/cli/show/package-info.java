/** What a person sees: progress, tables, the contact sheet. Knows neither Kafka nor S3. */
@NullMarked
package io.chitra.cli.show;

import org.jspecify.annotations.NullMarked;
