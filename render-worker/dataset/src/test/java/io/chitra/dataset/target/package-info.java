@NullMarked
package io.chitra.dataset.target;

import org.jspecify.annotations.NullMarked;
