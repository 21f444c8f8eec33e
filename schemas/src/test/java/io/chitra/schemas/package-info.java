@NullMarked
package io.chitra.schemas;

import org.jspecify.annotations.NullMarked;
