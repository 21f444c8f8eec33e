@NullMarked
package io.chitra.dataset.pack;

import org.jspecify.annotations.NullMarked;
