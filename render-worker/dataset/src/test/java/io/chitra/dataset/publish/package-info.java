@NullMarked
package io.chitra.dataset.publish;

import org.jspecify.annotations.NullMarked;
