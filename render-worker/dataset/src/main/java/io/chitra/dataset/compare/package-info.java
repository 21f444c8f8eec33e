/** How pictures and records are compared with what they should be, and with each other. */
@NullMarked
package io.chitra.dataset.compare;

import org.jspecify.annotations.NullMarked;
