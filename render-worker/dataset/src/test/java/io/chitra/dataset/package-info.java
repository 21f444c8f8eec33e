@NullMarked
package io.chitra.dataset;

import org.jspecify.annotations.NullMarked;
