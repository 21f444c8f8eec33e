/** From a job file to submissions: checking lines, pushing models, sending. */
@NullMarked
package io.chitra.cli.submit;

import org.jspecify.annotations.NullMarked;
