/**
 * Quality gates: what is measured in a picture, and what is said of it beside the others. Gates
 * mark pictures; only what is asked to be dropped is dropped, and that with a report.
 */
@NullMarked
package io.chitra.dataset.look;

import org.jspecify.annotations.NullMarked;
