/**
 * Jobs before they are rendered: the job file ({@link io.chitra.job.JobFile}), and the rules that
 * every job is held to ({@link io.chitra.job.JobRules}), the same for who sends it and who renders
 * it.
 */
@NullMarked
package io.chitra.job;

import org.jspecify.annotations.NullMarked;
