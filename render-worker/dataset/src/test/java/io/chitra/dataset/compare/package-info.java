@NullMarked
package io.chitra.dataset.compare;

import org.jspecify.annotations.NullMarked;
