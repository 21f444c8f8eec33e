@NullMarked
package io.chitra.input;

import org.jspecify.annotations.NullMarked;
